import { createHash, randomUUID } from 'node:crypto';
import { identityOf } from '../../../contracts';

/**
 * Message ids of one event that can be computed. A mistake takes one of them; more are an attack by somebody who knows
 * the event's source and id.
 */
const COMPUTED = 5;

/** The same event has the same message id, from every publisher and in every mode of CloudEvents. */
export function messageIdOf(event: { source: string; id: string }): string {
  return createHash('sha256').update(identityOf(event)).digest('base64url');
}

/** Another message id for the same event, so that a foreign message under the first id cannot keep the event out. */
export function nextMessageId(messageId: string, { sequence }: { readonly sequence: number }): string {
  return createHash('sha256').update(`${messageId}\n${sequence}`).digest('base64url');
}

/**
 * The message ids to publish an event under. Foreign messages may have taken every id that can be computed. The event
 * then has a random one: the stream does not recognise a repeat of it, and consumers do, by source and id.
 */
export function messageIdsOf(event: { source: string; id: string }) {
  let id = messageIdOf(event);
  let taken = 0;
  return {
    current: () => id,
    /** Goes on to the next id. `receipt`: where the foreign message is. */
    skip: (receipt: { readonly sequence: number }) => {
      taken++;
      id = taken < COMPUTED ? nextMessageId(id, receipt) : randomUUID();
    },
  };
}
