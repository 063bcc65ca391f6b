import type { EventContract, Log, Rejection, Seal } from '../../contracts';
import { InvalidEventError, sealedIn } from '../../contracts';
import type { Problem } from '../problem';

/** When to send again, in seconds: PostgreSQL is back within seconds. */
const RETRY_AFTER_S = 2;

/** What encrypting personal fields needs. */
export interface Sealing {
  readonly seal: Seal;
  readonly log: Log;
}

/** The refusal of data that comes encrypted: it could be another one's, copied from somewhere. */
export function sealedOutside(data: unknown): Rejection | undefined {
  const [first] = sealedIn(data);
  const detail = 'a value has the form of an encrypted one, which only the gateway makes; send it in clear';
  return first === undefined ? undefined : { reason: 'invalid-data', detail, path: 'data' };
}

/**
 * Runs what encrypts, and returns a problem if that is not possible now: without its key nothing is stored.
 *
 * @throws InvalidEventError
 */
export async function sealing<Result>(
  { log }: Pick<Sealing, 'log'>,
  { type }: Pick<EventContract, 'type'>,
  run: () => Promise<Result>,
): Promise<Result | { readonly problem: Problem }> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof InvalidEventError) throw error;
    log.error({ err: error, eventType: type }, 'the personal fields of an event cannot be encrypted');
    return { problem: UNAVAILABLE };
  }
}

const UNAVAILABLE: Problem = {
  status: 503,
  reason: 'personal-data-unavailable',
  title: 'personal fields cannot be encrypted at present',
  detail: 'The event is not stored. Send the same event again, with the same source and id.',
  retryAfterS: RETRY_AFTER_S,
};
