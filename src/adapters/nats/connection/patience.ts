import { setTimeout as sleep } from 'node:timers/promises';
import { ErrorCode, NatsError } from 'nats';
import { backoff } from '../../../async';
import type { Log } from '../../../contracts';

/** Repeats a request to JetStream's API that was not answered. */
export type Patience = <Result>(request: () => Promise<Result>) => Promise<Result>;

/** These pauses relieve a busy server, and work begins within seconds of its first answer. */
const PAUSES = { firstMs: 250, longestMs: 4_000 };
/**
 * A cluster elects its leaders within seconds. After this time something is wrong, and the process ends with the
 * error.
 */
const ALTOGETHER_MS = 60_000;

/** The client got no answer, or nobody subscribed to the API: a server is starting, or recovers its streams. */
const UNANSWERED: ReadonlySet<string> = new Set<string>([
  ErrorCode.Timeout,
  ErrorCode.NoResponders,
  ErrorCode.JetStreamNotEnabled,
  ErrorCode.Disconnect,
]);
/** JetStream's own codes for "not yet": cluster incomplete, no peers yet, not available, not the leader. */
const NOT_YET: ReadonlySet<number> = new Set([10_004, 10_008, 10_009]);

/**
 * Patience for the start of a role: a JetStream that is busy or electing does not end the process. The log has one
 * line when the first request is repeated, whatever the number of requests.
 */
export function startingPatience(log: Log, { altogetherMs = ALTOGETHER_MS } = {}): Patience {
  let told = false;
  return async (request) => {
    const deadline = performance.now() + altogetherMs;
    for (let failures = 1; ; failures++) {
      try {
        return await request();
      } catch (error) {
        const pauseMs = backoff(failures, PAUSES);
        if (!isUnanswered(error) || performance.now() + pauseMs > deadline) throw error;
        if (!told) log.warn({ err: error }, 'JetStream has not answered; asking again');
        told = true;
        await sleep(pauseMs);
      }
    }
  };
}

/** No patience, for a person at a terminal: the first answer counts. */
export const noPatience: Patience = (request) => request();

/** Whether a request to JetStream's API failed for want of an answer, and may be repeated. */
export function isUnanswered(error: unknown): boolean {
  if (!(error instanceof NatsError)) return false;
  if (error.api_error) return NOT_YET.has(error.api_error.err_code ?? 0);
  return UNANSWERED.has(error.code);
}
