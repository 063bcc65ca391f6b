import type { ReconciliationMetrics } from '../adapters/prometheus';
import type { Log, ReconciliationReport } from '../contracts';

/** Findings in the log, as many as a person reads; the workflow's result has the others. */
const LOGGED = 20;

/** Writes the findings of a reconciliation to the log and the metrics of the worker that ran it. */
export function tellFindings(
  metrics: ReconciliationMetrics,
  log: Log,
): (report: ReconciliationReport) => void {
  return ({ checked, findings, omitted }) => {
    const byKind: Record<string, number> = {};
    for (const { kind } of findings) byKind[kind] = (byKind[kind] ?? 0) + 1;
    if (omitted > 0) byKind['omitted'] = omitted;
    metrics.checked(checked, byKind);
    for (const finding of findings.slice(0, LOGGED)) log.warn({ finding }, 'a process does not add up');
    if (findings.length > 0) {
      log.warn(
        { checked, findings: findings.length + omitted, byKind },
        'npx sagaline reconcile shows them all',
      );
    }
  };
}
