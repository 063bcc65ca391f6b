/** Why something is not done with a dead letter; nothing has been changed. */
export type Refusal =
  /** No dead letter has this sequence. */
  | 'unknown-dead-letter'
  /** It was redriven or discarded before. */
  | 'not-open'
  /** Somebody else has done something with it at this moment. */
  | 'conflict'
  /** As it stands, it would be dead-lettered again at once. */
  | 'invalid'
  /** An edit may not make another event of it. */
  | 'identity-changed'
  /** The route that the dead letter or the operator names does not take the event. */
  | 'unknown-route'
  /** No route takes the event. */
  | 'no-route'
  /** The workflow would drop it, or has closed. */
  | 'undeliverable';

/** Thrown where something is not done with a dead letter: nothing has been changed. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  constructor(
    readonly refusal: Refusal,
    message: string,
    /** What is wrong with the event, where that is the cause. */
    readonly details: { readonly reason?: string | undefined; readonly path?: string | undefined } = {},
  ) {
    super(message);
  }
}
