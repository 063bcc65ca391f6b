import type { DomainEvent, Log, Rejection } from '../contracts';
import { logFieldsIn, logFieldsOf } from '../contracts';
import { retryPause } from './backoff';
import type { Hold } from './hold';
import type { DeadLetter, DeadLetters, Received } from './ports';
import type { Settlement } from './settle';

/**
 * Dead-letters an event: resolves when the stream has confirmed the dead letter, or with `released` if the process
 * stops before that.
 */
export type DeadLettering = (
  deadLetter: DeadLetter & {
    /** The event, if it could be read; for the log. */
    readonly event?: DomainEvent | undefined;
  },
  stopping: AbortSignal,
) => Promise<Settlement<'dead-letter'>>;

/** Creates the function that dead-letters events. It holds an event as long as no stream takes its dead letter. */
export function createDeadLettering({
  deadLetters,
  hold,
  log,
  random,
  sleep,
}: {
  readonly deadLetters: DeadLetters;
  readonly hold: Hold<'dead-letters-unavailable'>;
  readonly log: Log;
  readonly random: () => number;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}): DeadLettering {
  return async (deadLetter, stopping) => {
    const { event, ...stored } = deadLetter;
    const { delivery, rejection, route } = stored;
    let attempt = 0;
    do {
      try {
        await deadLetters.publish(stored);
        const { subject, sequence } = delivery;
        const about = event ? logFieldsOf(event) : fieldsOf(delivery, rejection.reason);
        log.warn({ ...rejection, route, subject, sequence, ...about }, 'dead letter');
        return { outcome: 'dead-letter', reason: rejection.reason };
      } catch (error) {
        hold(delivery, 'dead-letters-unavailable', error);
        await sleep(retryPause(++attempt, random), stopping);
      }
    } while (!stopping.aborted);
    return { outcome: 'released' };
  };
}

/** An event that may have ended processes is not read again. */
function fieldsOf(delivery: Received, reason: Rejection['reason']): object {
  return logFieldsIn(reason === 'poison' ? { ...delivery, body: new Uint8Array() } : delivery);
}
