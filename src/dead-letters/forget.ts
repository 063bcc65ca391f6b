import type { StoredMessage, StreamReader } from '../contracts';
import { deadLetterFrom } from './stored';
import { pastOf, stateAfter, subjectOfOperations } from './operation';

/** The most messages that one run reads; a longer stream takes several runs. */
const LOOKS = 10_000;

export interface ForgetParts {
  readonly deadLetters: StreamReader;
  readonly operations: StreamReader;
  /** Removes one message; does nothing if it is gone. */
  readonly remove: (stream: string, sequence: number) => Promise<void>;
}

/**
 * Removes dead letters that were redriven or discarded before a time, each with the record of what was done with it. A
 * dead letter that is open stays, however old it is.
 *
 * @param from sequence at which the previous run has ended
 * @returns how many were removed, and the sequence at which the next run begins; 1 after the end of the stream
 */
export async function forgetClosedDeadLetters(
  { deadLetters, operations, remove }: ForgetParts,
  before: Date,
  from = 1,
): Promise<{ readonly removed: number; readonly next: number }> {
  let removed = 0;
  let next = from;
  for (let looks = 0; looks < LOOKS; looks++) {
    const message = await deadLetters.next('dlq.>', next);
    if (!message || message.storedAt >= before) return { removed, next: 1 };
    next = message.sequence + 1;
    const past = await pastOf(deadLetterFrom(message), operations);
    const last = past.operations.at(-1);
    if (!last || stateAfter(past.operations) === 'open' || new Date(last.at) >= before) continue;
    // The dead letter first: a dead letter without its record would be open again.
    await remove(deadLetters.stream, message.sequence);
    await forgetRecords(operations, remove, subjectOfOperations(message.sequence));
    removed++;
  }
  return { removed, next };
}

async function forgetRecords(
  operations: StreamReader,
  remove: ForgetParts['remove'],
  subject: string,
): Promise<void> {
  for (let message = await operations.next(subject, 1); message;) {
    await remove(operations.stream, message.sequence);
    message = await operations.next(subject, message.sequence + 1);
  }
}

/** Removes the records that are older than a time, except those of a dead letter that still exists. */
export async function forgetOldOperations(
  { deadLetters, operations, remove }: ForgetParts,
  before: Date,
): Promise<number> {
  let removed = 0;
  let message: StoredMessage | undefined = await operations.next('ops.>', 1);
  for (let looks = 0; message && message.storedAt < before && looks < LOOKS; looks++) {
    if (!(await isOfDeadLetter(message, deadLetters))) {
      await remove(operations.stream, message.sequence);
      removed++;
    }
    message = await operations.next('ops.>', message.sequence + 1);
  }
  return removed;
}

async function isOfDeadLetter({ subject }: StoredMessage, deadLetters: StreamReader): Promise<boolean> {
  const [, kind, id] = subject.split('.');
  if (kind !== 'dead-letters') return false;
  return (await deadLetters.next('dlq.>', Number(id)))?.sequence === Number(id);
}
