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

/** Which dead letters are old. */
export interface DeadLetterAges {
  /** Those that were redriven or discarded before this time are removed. */
  readonly closedBefore: Date;
  /** Those that were stored before this time are removed, also if they are open. */
  readonly storedBefore: Date;
}

/**
 * Removes dead letters that were redriven or discarded before a time, and those that have reached the age limit, each with
 * the record of what was done with it.
 *
 * @param from sequence at which the previous run has ended
 * @returns how many were removed, which of them were open, and the sequence at which the next run begins; 1 after the end
 * of the stream
 */
export async function forgetDeadLetters(
  { deadLetters, operations, remove }: ForgetParts,
  { closedBefore, storedBefore }: DeadLetterAges,
  from = 1,
): Promise<{ readonly removed: number; readonly open: readonly number[]; readonly next: number }> {
  const last = Math.max(closedBefore.getTime(), storedBefore.getTime());
  const open: number[] = [];
  let removed = 0;
  let next = from;
  for (let looks = 0; looks < LOOKS; looks++) {
    const message = await deadLetters.next('dlq.>', next);
    if (!message || message.storedAt.getTime() >= last) return { removed, open, next: 1 };
    next = message.sequence + 1;
    const past = await pastOf(deadLetterFrom(message), operations);
    const isOpen = stateAfter(past.operations) === 'open';
    const closedAt = isOpen ? undefined : past.operations.at(-1)?.at;
    const isOver = closedAt !== undefined && new Date(closedAt) < closedBefore;
    if (!isOver && message.storedAt >= storedBefore) continue;
    // The dead letter first: a dead letter without its record would be open again.
    await remove(deadLetters.stream, message.sequence);
    await forgetRecords(operations, remove, subjectOfOperations(message.sequence));
    removed++;
    if (isOpen) open.push(message.sequence);
  }
  return { removed, open, next };
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
