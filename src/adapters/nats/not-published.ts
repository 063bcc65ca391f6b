/**
 * JetStream has not confirmed the event. It may still have been stored: publishing it again under the same source and
 * id is safe.
 */
export class NotPublishedError extends Error {
  override readonly name: string = 'NotPublishedError';
  constructor(
    readonly subject: string,
    /** The stream said no, for good or until room is made: full, or no stream listens on the subject. */
    readonly refused: boolean,
    options: ErrorOptions,
  ) {
    super(`JetStream has not confirmed the event on ${subject}`, options);
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
    super(subject, true, {
      cause: new Error(`message ${stored.sequence} of ${stored.stream} has its identity`),
    });
  }
}
