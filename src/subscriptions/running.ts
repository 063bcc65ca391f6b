/** A subscription that runs in this process. */
export interface Running {
  /** Takes no more events, and resolves when those in flight are handled. */
  stop(): Promise<void>;
  /** Whether this member gets all events that it should have at this moment. */
  consumes(): boolean;
}
