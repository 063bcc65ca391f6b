import { ErrorCode, NatsError } from 'nats';

/** "message size exceeds maximum allowed": more than the stream's `max_msg_size`. */
const MESSAGE_TOO_LARGE = 10_054;

/**
 * Why JetStream has not confirmed a message. `refused`: it will never take this message, for example because it is
 * too large. `not-permitted`: the NATS user may not publish to the subject. `full`: the stream or the account has no room
 * at present. `no-stream`: no stream listens on the subject. `unconfirmed`: there was no answer, and the message may have
 * been stored.
 */
export type NotPublished = 'refused' | 'not-permitted' | 'full' | 'no-stream' | 'unconfirmed';

/**
 * Thrown when JetStream has not confirmed the event. It may still have been stored: publishing it again under the
 * same source and id is safe.
 */
export class NotPublishedError extends Error {
  override readonly name: string = 'NotPublishedError';
  /** Whether the message was refused because of its size, by the stream or by the server. */
  readonly tooLarge: boolean;
  constructor(
    readonly subject: string,
    readonly why: NotPublished,
    options: ErrorOptions,
  ) {
    super(`JetStream has not confirmed the event on ${subject}: ${why}`, options);
    this.tooLarge = why === 'refused' && isSize(options.cause);
  }
}

/**
 * Thrown when the stream has another event under this source and id. The new event is not stored, and repeating it
 * does not help: it needs an id of its own.
 */
export class EventConflictError extends NotPublishedError {
  override readonly name = 'EventConflictError';
  constructor(
    subject: string,
    /** Where the other event is; the gateway does not tell. */
    readonly stored?: { readonly stream: string; readonly sequence: number },
  ) {
    super(subject, 'refused', {
      cause: new Error(
        `${stored ? `message ${stored.sequence} of ${stored.stream}` : 'another event'} has its identity`,
      ),
    });
  }
}

function isSize(cause: unknown): boolean {
  if (!(cause instanceof NatsError)) return false;
  const { err_code } = cause.api_error ?? {};
  return err_code === MESSAGE_TOO_LARGE || cause.code === (ErrorCode.MaxPayloadExceeded as string);
}
