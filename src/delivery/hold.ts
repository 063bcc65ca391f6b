import type { Log } from '../contracts';
import type { Delivery } from './ports';

/** Counts that an event is held and why, and writes it to the log once for each event and cause. */
export type Hold<Cause extends string> = (
  delivery: Pick<Delivery, 'subject' | 'sequence'>,
  cause: Cause,
  error: unknown,
  fields?: object,
) => void;

type Level = 'warn' | 'error' | 'none';

/**
 * @param levels of causes whose line in the log is no warning. A warning is left out where the same words were written within the last
 * second; `error` names each event; `none` is for what is written elsewhere
 */
export function createHold<Cause extends string>({
  metrics,
  log,
  levels,
}: {
  readonly metrics: { held(cause: Cause): void };
  readonly log: Log;
  readonly levels?: Readonly<Partial<Record<Cause, Level>>>;
}): Hold<Cause> {
  const logged = new WeakMap<object, Set<Cause>>();
  return (delivery, cause, error, fields) => {
    metrics.held(cause);
    const level: Level = levels?.[cause] ?? 'warn';
    const causes = logged.get(delivery) ?? new Set();
    logged.set(delivery, causes);
    if (level === 'none' || causes.has(cause)) return;
    causes.add(cause);
    const { subject, sequence } = delivery;
    log[level]({ err: error, subject, sequence, ...fields }, `event held: ${cause}`);
  };
}
