import { decodePublished, identityIn, lowerCased } from '../contracts';
import type { Operation } from './operation';
import { record } from './operation';
import type { DeadLetterParts } from './ports';
import { RefusedError } from './refused';
import { editedMessage, showDeadLetter } from './show';

export interface Edit {
  /** The whole event, as a structured CloudEvent. */
  readonly body: Uint8Array;
  /** The subject, if it is not the one that the event was published to. */
  readonly subject?: string | undefined;
  readonly by: string;
  /** Sequence of the edit's record in the audit. */
  readonly audit?: number | undefined;
  readonly why?: string | undefined;
}

type Parts = Pick<DeadLetterParts, 'catalogue' | 'deadLetters' | 'operations' | 'append' | 'clock'>;

/**
 * Records the event that is redriven instead of the dead letter's own. The dead letter stays as it is.
 *
 * @throws RefusedError if the edit would be dead-lettered again or would be another event, or if the dead letter is not
 * open
 */
export async function editDeadLetter(parts: Parts, sequence: number, edit: Edit): Promise<Operation> {
  const { deadLetter, past, state } = await showDeadLetter(parts, sequence);
  if (state !== 'open') throw new RefusedError('not-open', `dead letter ${sequence} was ${state} already`);

  const message = editedMessage(edit.subject ?? deadLetter.subject, edit.body);
  const decoding = decodePublished(message, parts.catalogue);
  if (!decoding.ok) {
    const { reason, detail, path } = decoding.rejection;
    throw new RefusedError('invalid', `the edit would be dead-lettered again: ${detail}`, { reason, path });
  }
  const was = identityIn({ headers: lowerCased(deadLetter.headers), body: deadLetter.body });
  const { source, id } = decoding.event;
  // Two different events need two identities, so an edit after a conflict may change the identity.
  const isConflict = deadLetter.reason === 'conflict';
  if (was && !isConflict && (was.source !== source || was.id !== id)) {
    const detail = `an edit keeps the event's source and id, "${was.source}" and "${was.id}"`;
    throw new RefusedError('identity-changed', detail, { path: was.id === id ? 'source' : 'id' });
  }
  const recorded = await record(
    parts.append,
    deadLetter,
    past,
    {
      kind: 'edited',
      subject: message.subject,
      body: Buffer.from(edit.body).toString('base64'),
      by: edit.by,
      audit: edit.audit,
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
