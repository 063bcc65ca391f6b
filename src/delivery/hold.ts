import type { Log } from '../contracts';
import type { Delivery } from './ports';

/** Counts a held event by cause, and logs it once for each event and cause. */
export type Hold<Cause extends string> = (
  delivery: Pick<Delivery, 'subject' | 'sequence'>,
  cause: Cause,
  error: unknown,
  fields?: object,
) => void;

type Level = 'warn' | 'error' | 'none';

/**
 * Creates the function that counts and logs held events.
 *
 * @param levels log levels of causes that are not logged as a warning. `warn` leaves out a warning if the log has
 *   written the same message within the last second; `error` logs each event; `none` is for causes that are logged
 *   elsewhere
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
