import type { PublishedMessage } from '../contracts';
import { STRUCTURED_CONTENT_TYPE } from '../contracts';
import type { Letter } from './letter';
import { letterFrom } from './letter';
import type { LetterState, Past } from './operation';
import { pastOf, stateAfter } from './operation';
import type { DeadLetterParts } from './ports';
import { RefusedError } from './refused';

/** A letter with all that was done with it. */
export interface LetterFile {
  readonly letter: Letter;
  readonly past: Past;
  readonly state: LetterState;
  /** What a redrive would send: the latest edit, or the event as it came. */
  readonly message: PublishedMessage;
}

/** @throws RefusedError `unknown-letter` */
export async function showLetter(
  { letters, operations }: Pick<DeadLetterParts, 'letters' | 'operations'>,
  sequence: number,
): Promise<LetterFile> {
  const message = await letters.next('dlq.>', sequence);
  if (message?.sequence !== sequence)
    throw new RefusedError('unknown-letter', `there is no dead letter ${sequence}`);
  const letter = letterFrom(message);
  const past = await pastOf(letter, operations);
  return { letter, past, state: stateAfter(past.operations), message: messageOf(letter, past) };
}

function messageOf({ subject, headers, body }: Letter, { operations }: Past): PublishedMessage {
  const edit = operations.findLast(({ kind }) => kind === 'edited');
  if (edit?.kind === 'edited') return editedMessage(edit.subject, Buffer.from(edit.body, 'base64'));
  return { subject, headers: ofTheEvent(headers), body };
}

/** An edit is a whole structured CloudEvent, however the event came. */
export function editedMessage(subject: string, body: Uint8Array): PublishedMessage {
  return { subject, headers: { 'Content-Type': [STRUCTURED_CONTENT_TYPE] }, body };
}

/** Without those that would act on the publish, or tell of an earlier redrive. */
function ofTheEvent(headers: Letter['headers']): Letter['headers'] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !/^(nats|sagaline)-/i.test(name)));
}
