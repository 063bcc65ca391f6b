import { z } from 'zod';
import type { StoredMessage, StreamReader } from '../contracts';
import type { AppendOperation } from './ports';
import type { StoredDeadLetter } from './stored';

const MAX_TEXT = 2_000;
const who = {
  /** 1 for the first operation on a dead letter. */
  n: z.int().min(1),
  by: z.string().max(MAX_TEXT),
  /** Sequence of its record in the audit, which says whether a token has proved the name. */
  audit: z.int().min(1).optional(),
  why: z.string().max(MAX_TEXT).optional(),
  at: z.string(),
  /**
   * When the event was dead-lettered. It identifies the dead letter, because a stream that was created again counts its
   * dead letters from 1.
   */
  deadLetteredAt: z.string(),
};
const operation = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('redriven'),
    ...who,
    /** He has signed the event, which had no signature that counts. */
    vouched: z.boolean().optional(),
    route: z.string().optional(),
    stream: z.string(),
    sequence: z.number(),
  }),
  z.object({ kind: z.literal('discarded'), ...who }),
  z.object({
    kind: z.literal('edited'),
    ...who,
    subject: z.string(),
    /** The whole event, a structured CloudEvent, as base64: exactly these bytes are redriven. */
    body: z.base64(),
  }),
]);

/** Something that a person has done with a dead letter. */
export type Operation = z.infer<typeof operation>;
/** What distinguishes one kind of operation; number, dead letter and time are added when it is recorded. */
export type NewOperation = Operation extends infer Each
  ? Each extends Operation
    ? Omit<Each, 'n' | 'at' | 'deadLetteredAt'>
    : never
  : never;

export type DeadLetterState = 'open' | 'redriven' | 'discarded';

/** What was done with one dead letter, the oldest first. */
export interface Past {
  readonly operations: readonly Operation[];
  /** Sequence of the last record, 0 without one. The next record must follow this sequence. */
  readonly last: number;
}

const SUBJECT_PREFIX = 'ops.dead-letters.';

export const subjectOfOperations = (sequence: number) => `${SUBJECT_PREFIX}${sequence}`;

/** The subjects of all operations on dead letters. */
export const OPERATIONS_ON_DEAD_LETTERS = `${SUBJECT_PREFIX}*`;

export async function pastOf(deadLetter: StoredDeadLetter, operations: StreamReader): Promise<Past> {
  const subject = subjectOfOperations(deadLetter.sequence);
  const found: Operation[] = [];
  let last = 0;
  for (let from = 1; ; from = last + 1) {
    const message = await operations.next(subject, from);
    if (!message) return { operations: found, last };
    last = message.sequence;
    found.push(...operationIn(message, deadLetter));
  }
}

/** Reads the state with one request, however many operations there were: the last one decides. */
export async function stateOf(
  deadLetter: StoredDeadLetter,
  operations: StreamReader,
): Promise<DeadLetterState> {
  const message = await operations.last(subjectOfOperations(deadLetter.sequence));
  return stateAfter(message ? operationIn(message, deadLetter) : []);
}

/** An edit is made on an open dead letter, and leaves it open. */
export function stateAfter(operations: readonly Operation[]): DeadLetterState {
  const kind = operations.at(-1)?.kind;
  return kind === undefined || kind === 'edited' ? 'open' : kind;
}

/**
 * Records an operation.
 *
 * @returns the operation as recorded, or `undefined` if another operator was faster; then nothing is recorded
 */
export async function record(
  append: AppendOperation,
  deadLetter: StoredDeadLetter,
  past: Past,
  what: NewOperation,
  at: Date,
): Promise<Operation | undefined> {
  const recorded = {
    ...what,
    n: past.operations.length + 1,
    at: at.toISOString(),
    deadLetteredAt: deadLetter.deadLetteredAt,
  };
  const body = new TextEncoder().encode(JSON.stringify(recorded));
  return (await append(subjectOfOperations(deadLetter.sequence), body, past.last)) ? recorded : undefined;
}

function operationIn(message: StoredMessage, deadLetter: StoredDeadLetter): Operation[] {
  const found = operationFrom(message);
  return found?.deadLetteredAt === deadLetter.deadLetteredAt ? [found] : [];
}

/** The operation that a message records; `undefined` for a message that is none. */
export function operationFrom({ body }: StoredMessage): Operation | undefined {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
  const parsed = operation.safeParse(json);
  return parsed.success ? parsed.data : undefined;
}

/** The sequence of the dead letter that an operation is about, from its subject. */
export function sequenceIn({ subject }: StoredMessage): number | undefined {
  const sequence = Number(subject.slice(SUBJECT_PREFIX.length));
  return subject.startsWith(SUBJECT_PREFIX) && Number.isSafeInteger(sequence) ? sequence : undefined;
}
