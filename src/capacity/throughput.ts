/** Something that works on one event at a time in each of its places. */
export interface Handler {
  /** Places, or a share of the time of one place. */
  readonly capacity: number;
  /** Seconds that an event takes a place. */
  readonly serviceTime: number;
}

/**
 * The most events a second that handlers take together, of which each event needs one: min(bus, Σ capacity ÷ service time).
 *
 * The handlers are the workers of a pool (their slots, and the mean time), or kinds of events that share one place's time.
 *
 * @param bus the most events a second that the bus delivers
 */
export function throughput({
  bus,
  handlers,
}: {
  readonly bus: number;
  readonly handlers: readonly Handler[];
}): number {
  return Math.min(
    bus,
    handlers.reduce((sum, { capacity, serviceTime }) => sum + capacity / serviceTime, 0),
  );
}

/** A kind of event, with its part of all arrivals. */
export interface Share {
  /** Of all arrivals; the shares sum up to one. */
  readonly share: number;
  readonly serviceTime: number;
}

/** The mean seconds of work of an event: Σ share × service time. */
export function meanServiceTime(kinds: readonly Share[]): number {
  return kinds.reduce((sum, { share, serviceTime }) => sum + share * serviceTime, 0);
}
