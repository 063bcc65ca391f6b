import type { Registry } from 'prom-client';
import { Counter } from 'prom-client';

/** Counts the signatures of events that a process has checked. */
export function signatureMetrics(registry: Registry): (outcome: string) => void {
  const checked = new Counter({
    name: 'sagaline_event_signatures_total',
    help: 'Signatures of events that were checked, by outcome: valid, or the fault; several for an event of several consumers',
    labelNames: ['outcome'],
    registers: [registry],
  });
  return (outcome) => checked.inc({ outcome });
}
