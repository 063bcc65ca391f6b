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
  key: string,
): Promise<FoundDeadLetter | undefined> {
  const manager = await nats.jetstreamManager();
  try {
    const letter = await manager.streams.getMessage(DEAD_LETTERS_STREAM, {
      last_by_subj: `dlq.${reason}.orders.${key}`,
    });
    const read = (name: keyof typeof DEAD_LETTER_HEADERS) => letter.header.get(DEAD_LETTER_HEADERS[name]);
    return { reason: read('reason'), path: read('path'), detail: read('detail') };
  } catch {
    return undefined;
  }
}
