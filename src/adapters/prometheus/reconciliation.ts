import type { Registry } from 'prom-client';
import { Gauge } from 'prom-client';

export interface ReconciliationMetrics {
  /** To be called after each check of all processes, with their number and the number of findings of each kind. */
  checked(count: number, findings: Readonly<Record<string, number>>): void;
}

export function reconciliationMetrics(registry: Registry): ReconciliationMetrics {
  const registers = [registry];
  const findings = new Gauge({
    name: 'sagaline_reconciliation_findings',
    help: 'What did not add up at the last look, by kind; 0 again when it does',
    labelNames: ['kind'],
    registers,
  });
  const checked = new Gauge({
    name: 'sagaline_reconciliation_checked',
    help: 'Processes at the last look',
    registers,
  });
  const at = new Gauge({
    name: 'sagaline_reconciliation_timestamp_seconds',
    help: 'When the last look has ended; a worker that has made none says 0',
    registers,
  });
  const known = new Set<string>();
  return {
    checked: (count, byKind) => {
      checked.set(count);
      at.setToCurrentTime();
      for (const kind of Object.keys(byKind)) known.add(kind);
      for (const kind of known) findings.set({ kind }, byKind[kind] ?? 0);
    },
  };
}
