import { setTimeout as sleep } from 'node:timers/promises';
import type { NatsConnection } from 'nats';
import type { DeadLetter, DeadLetters } from '../../bridge';
import type { Log, StoredMessage } from '../../contracts';
import { onceInStream } from './once-in-stream';
import type { ParkedLetter } from './overflow';
import { firstParked, parkedLetters } from './overflow';
import { NotPublishedError } from './not-published';
import { createStreamReader } from './read';
import { createRemover } from './remove';
import { DEAD_LETTERS_STREAM, EVENTS_STREAM, OVERFLOW_STREAM } from './streams';

/** How long a parked dead letter waits at most when there is room again. */
const EVERY_MS = 5_000;

/** Hands parked dead letters on as soon as their stream takes them, in any number of processes. */
export function startUnparking(
  connection: NatsConnection,
  deadLetters: DeadLetters,
  log: Log,
  { everyMs = EVERY_MS } = {},
): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const running = (async () => {
    const manager = await connection.jetstreamManager();
    for (;;) {
      await sleep(everyMs, undefined, { signal: stopping.signal, ref: false });
      try {
        if ((await firstParked(manager)) === undefined) continue;
        const count = await unpark(connection, deadLetters, { log, signal: stopping.signal });
        if (count > 0) log.info({ count }, 'parked dead letters are in their stream now');
      } catch (error) {
        log.warn({ err: error }, 'parked dead letters wait');
      }
    }
  })().catch(() => undefined);
  return {
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

/**
 * Hands the parked dead letters on to their stream, the oldest first, until it takes no more. Each is in the stream once,
 * however often this is repeated.
 *
 * @returns how many were handed on
 */
async function unpark(
  connection: NatsConnection,
  deadLetters: DeadLetters,
  { log, signal }: { readonly log: Log; readonly signal: AbortSignal },
): Promise<number> {
  const letters = onceInStream(deadLetters, await createStreamReader(connection, DEAD_LETTERS_STREAM));
  const remove = createRemover(connection);
  const events = await createStreamReader(connection, EVENTS_STREAM);
  let count = 0;
  for (let from = 1; !signal.aborted;) {
    const [parked] = await parkedLetters(connection, { from, limit: 1 });
    if (!parked) return count;
    from = parked.note + 1;
    try {
      await letters.publish(letterOf(parked, await events.next('>', parked.sequence)));
    } catch (error) {
      if (!(error instanceof NotPublishedError) || error.why !== 'refused') return count;
      log.error({ err: error, note: parked.note }, 'a parked dead letter is refused, and stays parked');
      continue;
    }
    await remove(OVERFLOW_STREAM, parked.note);
    count++;
  }
  return count;
}

function letterOf(parked: ParkedLetter, event: StoredMessage | undefined): DeadLetter {
  const { subject, sequence, deliveryCount, storedAt, route, reason, detail, path } = parked;
  const found = event?.sequence === sequence ? event : undefined;
  return {
    delivery: {
      ...{ subject, sequence, deliveryCount, storedAt, stream: EVENTS_STREAM },
      headers: found?.headers ?? {},
      body: found?.body ?? new Uint8Array(),
    },
    rejection: {
      reason,
      detail: found ? detail : `the event was removed from its stream while the letter was parked; ${detail}`,
      path,
    },
    route,
  };
}
