/**
 * Why JetStream has not confirmed a message. `refused`: it will never take this one, it is too large for example. `full`:
 * neither stream nor account has room at present. `no-stream`: no stream listens on the subject. `unconfirmed`: there was
 * no answer, and it may have been stored.
 */
export type NotPublished = 'refused' | 'full' | 'no-stream' | 'unconfirmed';

/**
 * JetStream has not confirmed the event. It may still have been stored: publishing it again under the same source and
 * id is safe.
 */
export class NotPublishedError extends Error {
  override readonly name: string = 'NotPublishedError';
  constructor(
    readonly subject: string,
    readonly why: NotPublished,
    options: ErrorOptions,
  ) {
    super(`JetStream has not confirmed the event on ${subject}: ${why}`, options);
  }
}

/**
 * The stream has another event under this source and id. Ours is not stored, and repeating it would not help: it needs an id of
 * its own.
 */
export class EventConflictError extends NotPublishedError {
  override readonly name = 'EventConflictError';
  constructor(
    subject: string,
    /** Where the other event is. */
    readonly stored: { readonly stream: string; readonly sequence: number },
  ) {
    super(subject, 'refused', {
      cause: new Error(`message ${stored.sequence} of ${stored.stream} has its identity`),
    });
  }
}
