import type { StreamFill } from '../adapters/nats';
import { DEAD_LETTERS_STREAM, OPERATIONS_STREAM, OVERFLOW_STREAM } from '../adapters/nats';
import type { StoredMessage } from '../contracts';
import {
  deadLetterFrom,
  operationFrom,
  OPERATIONS_ON_DEAD_LETTERS,
  sequenceIn,
  stateAfter,
} from '../dead-letters';
import type { DeadLetterCount, DeadLettersState } from './snapshot';

/** Dead letters and operations that one check reads: each may have a megabyte, and the console has other work. */
const READ = 4_000;
/** A read of the whole stream, after dead letters in its middle were removed, comes at most as often as this. */
const ANEW_MS = 10 * 60_000;
const SAMPLES = 10;

/** A dead letter in memory: 50,000 of them must be little. */
interface Indexed {
  readonly reason: string;
  readonly context: string;
  readonly deadLetteredAt: string;
}

/** The latest operation on a dead letter. An edit leaves the dead letter open. */
interface Dealt {
  readonly deadLetteredAt: string;
  readonly open: boolean;
}

/** What was read of the two streams so far. */
interface Index {
  readonly deadLetters: Map<number, Indexed>;
  readonly dealt: Map<number, Dealt>;
  nextDeadLetter: number;
  nextOperation: number;
  complete: boolean;
}

const emptyIndex = (): Index => ({
  ...{ deadLetters: new Map(), dealt: new Map() },
  ...{ nextDeadLetter: 1, nextOperation: 1, complete: false },
});

/** The messages of a stream from a sequence on, to the present end. */
export type ReadMessages = (
  stream: string,
  from: { readonly subjects: string; readonly sequence: number; readonly signal: AbortSignal },
) => AsyncIterable<StoredMessage>;

/**
 * Counts the open dead letters by reason and context. It keeps an index, and reads only what is new; what was removed
 * from the middle of the stream is noticed by the number of messages, and the index is read anew beside the old one.
 */
export function createDeadLettersCheck(parts: {
  readonly fills: () => Promise<readonly StreamFill[]>;
  readonly first: () => Promise<number>;
  readonly read: ReadMessages;
  /** A clock in milliseconds that never runs backwards. */
  readonly now: () => number;
}): (signal: AbortSignal) => Promise<DeadLettersState> {
  let shown = emptyIndex();
  /** Grows beside `shown`, and replaces it when it is complete. */
  let next: Index | undefined;
  let startedAt = -Infinity;

  return async (signal) => {
    const fills = await parts.fills();
    const fill = fills.find(({ stream }) => stream === DEAD_LETTERS_STREAM);
    if (!fill) throw new Error('there is no stream of dead letters: npm run provision');
    // The stream was created again.
    if (fill.lastSequence < shown.nextDeadLetter - 1) shown = emptyIndex();
    const first = await parts.first();
    forgetBefore(shown, first);
    const isWrong = shown.complete && shown.deadLetters.size > fill.messages;
    if (isWrong && next === undefined && parts.now() - startedAt >= ANEW_MS) {
      next = emptyIndex();
      startedAt = parts.now();
    }
    if (next !== undefined) {
      await readOn(next, signal);
      if (next.complete) [shown, next] = [next, undefined];
    }
    await readOn(shown, signal);
    const parked = fills.find(({ stream }) => stream === OVERFLOW_STREAM)?.messages ?? 0;
    return { ...stateOf(shown), parked };
  };

  async function readOn(index: Index, signal: AbortSignal): Promise<void> {
    const operations = parts.read(OPERATIONS_STREAM, {
      ...{ subjects: OPERATIONS_ON_DEAD_LETTERS, sequence: index.nextOperation, signal },
    });
    const operationsAreRead = await atMost(READ, operations, (message) => {
      index.nextOperation = message.sequence + 1;
      const sequence = sequenceIn(message);
      const operation = operationFrom(message);
      if (sequence === undefined || operation === undefined) return;
      index.dealt.set(sequence, {
        deadLetteredAt: operation.deadLetteredAt,
        open: stateAfter([operation]) === 'open',
      });
    });
    const deadLetters = parts.read(DEAD_LETTERS_STREAM, {
      ...{ subjects: '>', sequence: index.nextDeadLetter, signal },
    });
    const deadLettersAreRead = await atMost(READ, deadLetters, (message) => {
      index.nextDeadLetter = message.sequence + 1;
      const { reason, context, deadLetteredAt } = deadLetterFrom(message);
      index.deadLetters.set(message.sequence, { reason, context, deadLetteredAt });
    });
    index.complete ||= operationsAreRead && deadLettersAreRead && !signal.aborted;
  }
}

/** @returns whether the messages came to their end */
async function atMost(
  most: number,
  messages: AsyncIterable<StoredMessage>,
  take: (message: StoredMessage) => void,
): Promise<boolean> {
  let taken = 0;
  for await (const message of messages) {
    take(message);
    if (++taken === most) return false;
  }
  return true;
}

/** The oldest dead letters are removed first, except those that were dealt with. */
function forgetBefore({ deadLetters, dealt }: Index, first: number): void {
  for (const sequence of deadLetters.keys()) {
    if (sequence >= first) break;
    deadLetters.delete(sequence);
    dealt.delete(sequence);
  }
}

function stateOf({ deadLetters, dealt, complete }: Index): Omit<DeadLettersState, 'parked'> {
  const reasons = new Map<string, Omit<DeadLetterCount, 'samples'> & { samples: number[] }>();
  let open = 0;
  for (const [sequence, { reason, context, deadLetteredAt }] of deadLetters) {
    const last = dealt.get(sequence);
    // A stream that was created again counts from 1: an operation on another dead letter may have this sequence.
    if (last !== undefined && !last.open && last.deadLetteredAt === deadLetteredAt) continue;
    open++;
    const name = `${reason}\n${context}`;
    const before = reasons.get(name);
    reasons.set(name, {
      ...{ reason, context, count: (before?.count ?? 0) + 1 },
      ...{ oldestAt: before?.oldestAt ?? deadLetteredAt, newestAt: deadLetteredAt },
      samples: [...(before?.samples ?? []), sequence].slice(-SAMPLES),
    });
  }
  return {
    open,
    reasons: [...reasons.values()].sort((one, other) => other.count - one.count),
    lookedAt: deadLetters.size,
    building: !complete,
  };
}
