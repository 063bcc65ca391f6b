import { EVENTS_STREAM } from '../streams/wanted-streams';

/** Thrown if events after a position were acknowledged: the database was restored from a backup, or is another one. */
export class LaneBehindError extends Error {
  override readonly name = 'LaneBehindError';
  constructor(
    readonly consumer: string,
    readonly position: number,
    readonly acknowledged: number,
  ) {
    super(
      `the database has applied the events up to ${position}, and the consumer ${consumer} of ${EVENTS_STREAM} has ` +
        `acknowledged those up to ${acknowledged}: delete the consumer and run "sagaline provision", which makes it ` +
        `again from the first event; what is applied is skipped`,
    );
  }
}

/**
 * Thrown if a consumer may not wait any more for the events that were read from it: they were purged, or the server came back, perhaps
 * with an older stream.
 */
export class LaneChangedError extends Error {
  override readonly name = 'LaneChangedError';
  constructor(readonly consumer: string) {
    super(
      `the consumer ${consumer} of ${EVENTS_STREAM} may be another one, or may have changed what it waits for`,
    );
  }
}
