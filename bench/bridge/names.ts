/** An order's submission and four messages about its payment. */
export const EVENTS_OF_AN_ORDER = 5;

/** The naive bridge's consumer of the event stream. */
export const NAIVE_CONSUMER = 'naive';
