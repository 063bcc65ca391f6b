import { setTimeout as sleep } from 'node:timers/promises';
import type { NatsConnection } from 'nats';
import { DEAD_LETTER_HEADERS, DEAD_LETTERS_STREAM } from '../src/adapters/nats';

export interface FoundDeadLetter {
  readonly reason: string;
  readonly path: string;
  readonly detail: string;
}

/** The latest dead letter of a correlation key, if there is one. */
export async function deadLetterOf(
  nats: NatsConnection,
  reason: string,
  context: string,
  key: string,
): Promise<FoundDeadLetter | undefined> {
  const manager = await nats.jetstreamManager();
  try {
    const letter = await manager.streams.getMessage(DEAD_LETTERS_STREAM, {
      last_by_subj: `dlq.${reason}.${context}.${key}`,
    });
    const read = (name: keyof typeof DEAD_LETTER_HEADERS) => letter.header.get(DEAD_LETTER_HEADERS[name]);
    return { reason: read('reason'), path: read('path'), detail: read('detail') };
  } catch {
    return undefined;
  }
}

const WITHIN_MS = 20_000;
const LOOK_MS = 200;

export async function eventuallyDeadLetter(
  ...which: Parameters<typeof deadLetterOf>
): Promise<FoundDeadLetter | undefined> {
  const until = Date.now() + WITHIN_MS;
  for (;;) {
    const found = await deadLetterOf(...which);
    if (found || Date.now() > until) return found;
    await sleep(LOOK_MS);
  }
}
