import { setTimeout as sleep } from 'node:timers/promises';
import type { NatsConnection } from 'nats';
import type { DeadLetters } from '../../../delivery';
import type { Log } from '../../../contracts';
import { onceInStream } from '../publish/once-in-stream';
import { firstParked, parkedDeadLetters } from './overflow';
import { createStreamReader } from '../read/read';
import type { RemoveMessage } from '../read/remove';
import { createRemover } from '../read/remove';
import { DEAD_LETTERS_STREAM, EVENTS_STREAM, OVERFLOW_STREAM } from '../streams/streams';
import { createUnparker } from './unparker';

/** The longest wait of a parked dead letter after there is room again. */
const EVERY_MS = 5_000;

/**
 * Publishes parked dead letters as soon as their stream takes them. Any number of processes may do this at once.
 *
 * @param options.removing the connection of a user that may remove the notes. Default: the same connection
 */
export function startUnparking(
  connection: NatsConnection,
  deadLetters: DeadLetters,
  log: Log,
  { everyMs = EVERY_MS, removing = connection }: { everyMs?: number; removing?: NatsConnection } = {},
): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const running = (async () => {
    const manager = await connection.jetstreamManager();
    const pass = await unparker(connection, deadLetters, createRemover(removing), log);
    for (;;) {
      await sleep(everyMs, undefined, { signal: stopping.signal, ref: false });
      try {
        if ((await firstParked(manager)) === undefined) continue;
        const count = await pass(stopping.signal);
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

/** Stores each dead letter in its stream once, whatever the number of processes that do this. */
async function unparker(
  connection: NatsConnection,
  deadLetters: DeadLetters,
  remove: RemoveMessage,
  log: Log,
) {
  const storedOnce = onceInStream(deadLetters, await createStreamReader(connection, DEAD_LETTERS_STREAM));
  const events = await createStreamReader(connection, EVENTS_STREAM);
  return createUnparker({
    next: async (from) => (await parkedDeadLetters(connection, { from, limit: 1 }))[0],
    event: (sequence) => events.next('>', sequence),
    publish: (deadLetter) => storedOnce.publish(deadLetter),
    remove: (note) => remove(OVERFLOW_STREAM, note),
    log,
    now: () => performance.now(),
  });
}
