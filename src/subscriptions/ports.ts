/** How one event ended at a subscription, for metrics. */
export type SubscriptionOutcome =
  | 'handled'
  /** A redrive that is meant for a route of the bridge, or for another subscription. */
  | 'not-addressed'
  | 'dead-letter'
  | 'released';

export interface SubscriptionMetrics {
  /**
   * @param seconds from the arrival at the subscription
   * @param ageSeconds from the event's own time, or from its storing if it has none or could not be read
   */
  settled(
    outcome: SubscriptionOutcome,
    reason: string | undefined,
    seconds: number,
    ageSeconds?: number,
  ): void;
  /** Counts an attempt that failed; the event is held and tried again. */
  held(cause: 'handler-failed' | 'dead-letters-unavailable'): void;
}

/** The position of an event in the stream. */
export interface StreamPosition {
  readonly stream: string;
  /** Increases with each event of the stream, so also with those of one correlation key. */
  readonly sequence: number;
  readonly storedAt: Date;
}
