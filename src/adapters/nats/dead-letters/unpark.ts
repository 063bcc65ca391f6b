import { setTimeout as sleep } from 'node:timers/promises';
import type { NatsConnection } from 'nats';
import type { DeadLetters } from '../../../delivery';
import type { Log } from '../../../contracts';
import { onceInStream } from '../publish/once-in-stream';
import { firstParked, parkedDeadLetters } from './overflow';
import { createStreamReader } from '../read/read';
import { createRemover } from '../read/remove';
import { DEAD_LETTERS_STREAM, EVENTS_STREAM, OVERFLOW_STREAM } from '../streams/streams';
import { createUnparker } from './unparker';

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
    const pass = await unparker(connection, deadLetters, log);
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

/** Each dead letter is in its stream once, however many processes hand it on. */
async function unparker(connection: NatsConnection, deadLetters: DeadLetters, log: Log) {
  const storedOnce = onceInStream(deadLetters, await createStreamReader(connection, DEAD_LETTERS_STREAM));
  const events = await createStreamReader(connection, EVENTS_STREAM);
  const remove = createRemover(connection);
  return createUnparker({
    next: async (from) => (await parkedDeadLetters(connection, { from, limit: 1 }))[0],
    event: (sequence) => events.next('>', sequence),
    publish: (deadLetter) => storedOnce.publish(deadLetter),
    remove: (note) => remove(OVERFLOW_STREAM, note),
    log,
    now: () => performance.now(),
  });
}
