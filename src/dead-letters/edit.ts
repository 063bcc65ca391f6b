import { decodePublished, identityIn, lowerCased } from '../contracts';
import type { Operation } from './operation';
import { record } from './operation';
import type { DeadLetterParts } from './ports';
import { RefusedError } from './refused';
import { editedMessage, showLetter } from './show';

export interface Edit {
  /** The whole event, as a structured CloudEvent. */
  readonly body: Uint8Array;
  /** Where it belongs to another subject than it was published to. */
  readonly subject?: string | undefined;
  readonly by: string;
  readonly why?: string | undefined;
}

type Parts = Pick<DeadLetterParts, 'catalogue' | 'letters' | 'operations' | 'append' | 'clock'>;

/**
 * Records what is to be redriven in the letter's stead; the letter stays as it is.
 *
 * @throws RefusedError where it would be buried again, would be another event, or the letter is not open
 */
export async function editLetter(parts: Parts, sequence: number, edit: Edit): Promise<Operation> {
  const { letter, past, state } = await showLetter(parts, sequence);
  if (state !== 'open') throw new RefusedError('not-open', `dead letter ${sequence} was ${state} already`);

  const message = editedMessage(edit.subject ?? letter.subject, edit.body);
  const decoding = decodePublished(message, parts.catalogue);
  if (!decoding.ok) {
    const { reason, detail, path } = decoding.rejection;
    throw new RefusedError('invalid', `the edit would be buried again: ${detail}`, { reason, path });
  }
  const was = identityIn({ headers: lowerCased(letter.headers), body: letter.body });
  const { source, id } = decoding.event;
  // Two events that are different ones need two identities.
  const isConflict = letter.reason === 'conflict';
  if (was && !isConflict && (was.source !== source || was.id !== id)) {
    const detail = `an edit keeps the event's source and id, "${was.source}" and "${was.id}"`;
    throw new RefusedError('identity-changed', detail, { path: was.id === id ? 'source' : 'id' });
  }
  const recorded = await record(
    parts.append,
    letter,
    past,
    {
      kind: 'edited',
      subject: message.subject,
      body: Buffer.from(edit.body).toString('base64'),
      by: edit.by,
      why: edit.why,
    },
    parts.clock(),
  );
  if (!recorded) throw somebodyWasFaster(sequence);
  return recorded;
}

export function somebodyWasFaster(sequence: number): RefusedError {
  return new RefusedError('conflict', `somebody else has just done something with dead letter ${sequence}`);
}
