/** Why an operation on a dead letter is refused; nothing has been changed. */
export type Refusal =
  /** No dead letter has this sequence. */
  | 'unknown-dead-letter'
  /** It was redriven or discarded before. */
  | 'not-open'
  /** Another operator has changed it at this moment. */
  | 'conflict'
  /** In its present form, it would be dead-lettered again at once. */
  | 'invalid'
  /** It has no signature that counts, and nobody vouches for it. */
  | 'unsigned'
  /** The edit would make it another event. */
  | 'identity-changed'
  /** The route that the dead letter or the operator names does not take the event. */
  | 'unknown-route'
  /** No route takes the event. */
  | 'no-route'
  /** The workflow would drop it, or has closed. */
  | 'undeliverable';

/** Thrown if an operation on a dead letter is refused; nothing has been changed. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  constructor(
    readonly refusal: Refusal,
    message: string,
    /** What is wrong with the event, if that is the cause. */
    readonly details: { readonly reason?: string | undefined; readonly path?: string | undefined } = {},
  ) {
    super(message);
  }
}
