import type { PublishedMessage } from '../contracts';
import { STRUCTURED_CONTENT_TYPE } from '../contracts';
import type { StoredDeadLetter } from './stored';
import { deadLetterFrom } from './stored';
import type { DeadLetterState, Past } from './operation';
import { pastOf, stateAfter } from './operation';
import type { DeadLetterParts } from './ports';
import { RefusedError } from './refused';

/** A dead letter with all that was done with it. */
export interface DeadLetterFile {
  readonly deadLetter: StoredDeadLetter;
  readonly past: Past;
  readonly state: DeadLetterState;
  /** What a redrive would send: the latest edit, or the event as it came. */
  readonly message: PublishedMessage;
}

/**
 * Returns a dead letter with its operations and its state.
 *
 * @throws RefusedError `unknown-dead-letter`
 */
export async function showDeadLetter(
  { deadLetters, operations }: Pick<DeadLetterParts, 'deadLetters' | 'operations'>,
  sequence: number,
): Promise<DeadLetterFile> {
  const message = await deadLetters.next('dlq.>', sequence);
  if (message?.sequence !== sequence)
    throw new RefusedError('unknown-dead-letter', `there is no dead letter ${sequence}`);
  const deadLetter = deadLetterFrom(message);
  const past = await pastOf(deadLetter, operations);
  return { deadLetter, past, state: stateAfter(past.operations), message: messageOf(deadLetter, past) };
}

/** The event of a dead letter as it came, with the headers that it came with. */
export function originalMessage({ subject, headers, body }: StoredDeadLetter): PublishedMessage {
  return { subject, headers: ofTheEvent(headers), body };
}

function messageOf(deadLetter: StoredDeadLetter, { operations }: Past): PublishedMessage {
  const edit = operations.findLast(({ kind }) => kind === 'edited');
  if (edit?.kind === 'edited') return editedMessage(edit.subject, Buffer.from(edit.body, 'base64'));
  return originalMessage(deadLetter);
}

/** An edit is a whole structured CloudEvent, however the event came. */
export function editedMessage(subject: string, body: Uint8Array): PublishedMessage {
  return { subject, headers: { 'Content-Type': [STRUCTURED_CONTENT_TYPE] }, body };
}

/** The event's own headers, without those that would affect the publish, or that report an earlier redrive. */
function ofTheEvent(headers: StoredDeadLetter['headers']): StoredDeadLetter['headers'] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !/^(nats|sagaline)-/i.test(name)));
}
