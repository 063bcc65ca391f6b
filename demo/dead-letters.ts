import type { NatsConnection } from 'nats';
import { DEAD_LETTER_HEADERS, DEAD_LETTERS_STREAM } from '../src/adapters/nats';
import { eventually } from './eventually';
import type { Shop } from './shop';

export interface FoundDeadLetter {
  readonly reason: string;
  readonly path: string;
  readonly detail: string;
}

/** The latest dead letter of a correlation key; `undefined` if it has none. */
export async function deadLetterOf(
  nats: NatsConnection,
  reason: string,
  context: string,
  key: string,
): Promise<FoundDeadLetter | undefined> {
  const manager = await nats.jetstreamManager();
  try {
    const deadLetter = await manager.streams.getMessage(DEAD_LETTERS_STREAM, {
      last_by_subj: `dlq.${reason}.${context}.${key}`,
    });
    const read = (name: keyof typeof DEAD_LETTER_HEADERS) => deadLetter.header.get(DEAD_LETTER_HEADERS[name]);
    return { reason: read('reason'), path: read('path'), detail: read('detail') };
  } catch {
    return undefined;
  }
}

const WITHIN_MS = 20_000;

export function eventuallyDeadLetter(
  { nats, patience }: Shop,
  ...which: [reason: string, context: string, key: string]
): Promise<FoundDeadLetter | undefined> {
  return eventually(() => deadLetterOf(nats, ...which), WITHIN_MS * patience);
}

/** How many dead letters there are for each reason. */
export async function countDeadLetters({ nats }: Shop): Promise<Record<string, number>> {
  const manager = await nats.jetstreamManager();
  const { state } = await manager.streams.info(DEAD_LETTERS_STREAM, { subjects_filter: 'dlq.>' });
  const counts: Record<string, number> = {};
  for (const [subject, count] of Object.entries(state.subjects ?? {})) {
    const reason = subject.split('.')[1] ?? '';
    counts[reason] = (counts[reason] ?? 0) + count;
  }
  return counts;
}
