/** What becomes of an event: the one table from which the tests and `docs/delivery.md` are made. */

export const TARGETS = [
  'none',
  'running',
  'closed completed',
  'closed failed',
  'terminated',
  'continued as new',
  'reset',
  'past retention',
] as const;
const EVENTS = ['first', 'repeated'] as const;
export const ROUTES = ['opens', 'opens, recurs', 'only reaches', 'batches'] as const;

export type Target = (typeof TARGETS)[number];
type Event = (typeof EVENTS)[number];
export type RouteKind = (typeof ROUTES)[number];

/** What a test sees of one delivery. */
export interface Effect {
  /** The bridge's word for it. */
  readonly outcome: 'accepted' | 'repeated' | 'dead-letter';
  readonly reason?: 'late' | 'unmatched';
  /** Whether a run was opened by it. */
  readonly opened: boolean;
  /** How often the workflow handed the event to its step or flush. */
  readonly handed: number;
  /** How often that had an effect. */
  readonly applied: number;
}

const nothing = { opened: false, handed: 0, applied: 0 } as const;

/** In the page's words. */
export const OUTCOMES = {
  'opens a run': { outcome: 'accepted', opened: true, handed: 1, applied: 1 },
  'opens a run, which ends at once': { outcome: 'accepted', opened: true, handed: 0, applied: 0 },
  'opens a new run; no second effect': { outcome: 'accepted', opened: true, handed: 1, applied: 0 },
  applied: { outcome: 'accepted', opened: false, handed: 1, applied: 1 },
  'dropped by the workflow': { outcome: 'accepted', ...nothing },
  'acknowledged as repeated': { outcome: 'repeated', ...nothing },
  'dead letter `late`': { outcome: 'dead-letter', reason: 'late', ...nothing },
  'dead letter `unmatched`': { outcome: 'dead-letter', reason: 'unmatched', ...nothing },
} as const satisfies Record<string, Effect>;

type Outcome = keyof typeof OUTCOMES;

/** Where a cell surprises. The page numbers them in this order. */
export const NOTES = {
  twice:
    'Nobody has received it yet: the event is in the stream twice before there is a workflow. The first copy opens it, and the workflow drops the second.',
  deadLetteredTwice:
    'Nobody has received it, so nobody knows it: each copy becomes a dead letter of its own. Redriven both, they are applied once.',
  failedOpens:
    'A failed or terminated workflow has not done its work, so an event that opens may open it again: so does the order that comes after its payment has waited in vain, or the redrive of an opening event. Nothing tells a repeat from that. The new run begins at the start, and each step, being done once for its key, gives its old result; an order that another run has entered ends it as `duplicate`.',
  recurs:
    'The next occurrence, in a run of its own, which knows the latest 1,000 events that the occurrences before it have received.',
  recursAfterFailure:
    'The next occurrence as well. Only the event that has opened the failed or terminated occurrence opens that one again, as a repeat: its step keys are the same, and each step gives its old result.',
  recursForgotten:
    'Temporal has forgotten the process. An occurrence that has ended is known by a row beside its effects, of which the new run asks first; it does nothing. Of one that was terminated there is no such row: its own opening event opens it again, with its old results, and another opening event that it had taken opens a new one.',
  received:
    'Received is what counts, not applied: what a failed or terminated workflow had in its history is not delivered again, also where it ended before it could act on it. Whoever terminates a workflow takes on what it had in hand.',
  batcherReopens:
    'A batcher closes whenever it has nothing to do, and is opened again by the next event, so it is never late. A new one knows nothing of the one before: the event is in a batch again, and the flush (`applyEachOnce`) applies it once, for 40 days.',
  batcherFails:
    'No batcher fails of itself: a flush that fails for good asks a person, a cancelled one flushes and completes. This is for a defect, or a person who terminates it. What such a one had not flushed is lost with it; its events are in its history and in the stream.',
  continued: 'The identities of the latest 1,000 events go with it from run to run.',
  reset:
    'The server applies the signals from behind the reset point again, so the new run knows them too. What has come behind that point is done again, and each step gives its old result.',
  forgottenOpens:
    'Temporal has forgotten the workflow, so a repeat opens a second one. It begins at the start, as a second run of a failed one does; for an order saga that is `duplicate` at its first step.',
  forgottenReaches:
    'Temporal has forgotten the workflow: what would be late before is unmatched now, and so is a repeat of what was applied. Discard it when the business knows the event.',
} as const;

type Note = keyof typeof NOTES;

export interface Cell {
  readonly event: Event;
  readonly target: Target;
  readonly route: RouteKind;
  readonly outcome: Outcome;
  readonly note?: Note | undefined;
}

type Entry = Outcome | readonly [Outcome, Note];

const TABLE: Readonly<Record<Target, Record<Event, Record<RouteKind, Entry>>>> = {
  none: {
    first: {
      opens: 'opens a run',
      'opens, recurs': 'opens a run',
      'only reaches': 'dead letter `unmatched`',
      batches: 'opens a run',
    },
    repeated: {
      opens: ['opens a run', 'twice'],
      'opens, recurs': ['opens a run', 'twice'],
      'only reaches': ['dead letter `unmatched`', 'deadLetteredTwice'],
      batches: ['opens a run', 'twice'],
    },
  },
  running: {
    first: {
      opens: 'applied',
      'opens, recurs': 'applied',
      'only reaches': 'applied',
      batches: 'applied',
    },
    repeated: {
      opens: 'dropped by the workflow',
      'opens, recurs': 'dropped by the workflow',
      'only reaches': 'dropped by the workflow',
      batches: 'dropped by the workflow',
    },
  },
  'closed completed': {
    first: {
      opens: 'dead letter `late`',
      'opens, recurs': ['opens a run', 'recurs'],
      'only reaches': 'dead letter `late`',
      batches: 'opens a run',
    },
    repeated: {
      opens: 'acknowledged as repeated',
      'opens, recurs': 'acknowledged as repeated',
      'only reaches': 'acknowledged as repeated',
      batches: ['opens a new run; no second effect', 'batcherReopens'],
    },
  },
  'closed failed': {
    first: {
      opens: ['opens a run', 'failedOpens'],
      'opens, recurs': ['opens a run', 'recursAfterFailure'],
      'only reaches': 'dead letter `late`',
      batches: ['opens a run', 'batcherFails'],
    },
    repeated: {
      opens: ['opens a new run; no second effect', 'failedOpens'],
      'opens, recurs': ['acknowledged as repeated', 'recursAfterFailure'],
      'only reaches': ['acknowledged as repeated', 'received'],
      batches: ['opens a new run; no second effect', 'batcherFails'],
    },
  },
  terminated: {
    first: {
      opens: ['opens a run', 'failedOpens'],
      'opens, recurs': ['opens a run', 'recursAfterFailure'],
      'only reaches': 'dead letter `late`',
      batches: ['opens a run', 'batcherFails'],
    },
    repeated: {
      opens: ['opens a new run; no second effect', 'failedOpens'],
      'opens, recurs': ['acknowledged as repeated', 'recursAfterFailure'],
      'only reaches': ['acknowledged as repeated', 'received'],
      batches: ['opens a new run; no second effect', 'batcherFails'],
    },
  },
  'continued as new': {
    first: {
      opens: 'applied',
      'opens, recurs': 'applied',
      'only reaches': 'applied',
      batches: 'applied',
    },
    repeated: {
      opens: ['dropped by the workflow', 'continued'],
      'opens, recurs': ['dropped by the workflow', 'continued'],
      'only reaches': ['dropped by the workflow', 'continued'],
      batches: ['dropped by the workflow', 'continued'],
    },
  },
  reset: {
    first: {
      opens: 'applied',
      'opens, recurs': 'applied',
      'only reaches': 'applied',
      batches: 'applied',
    },
    repeated: {
      opens: ['dropped by the workflow', 'reset'],
      'opens, recurs': ['dropped by the workflow', 'reset'],
      'only reaches': ['dropped by the workflow', 'reset'],
      batches: ['dropped by the workflow', 'reset'],
    },
  },
  'past retention': {
    first: {
      opens: 'opens a run',
      'opens, recurs': 'opens a run',
      'only reaches': ['dead letter `unmatched`', 'forgottenReaches'],
      batches: 'opens a run',
    },
    repeated: {
      opens: ['opens a new run; no second effect', 'forgottenOpens'],
      'opens, recurs': ['opens a run, which ends at once', 'recursForgotten'],
      'only reaches': ['dead letter `unmatched`', 'forgottenReaches'],
      batches: ['opens a new run; no second effect', 'batcherReopens'],
    },
  },
};

/** Row by row, as the page has them. */
export const CELLS: readonly Cell[] = TARGETS.flatMap((target) =>
  EVENTS.flatMap((event) =>
    ROUTES.map((route) => {
      const entry = TABLE[target][event][route];
      const [outcome, note] = typeof entry === 'string' ? [entry] : entry;
      return { event, target, route, outcome, note };
    }),
  ),
);

/** What a dispatch hook makes of the event, whatever its cell; held by test/engine/unit/bridge/dispatch-hook.test.ts. */
export const HOOK_CELLS = [
  ['vetoes', 'dead letter `vetoed`, with its reason'],
  ['throws, or takes five seconds, on this event', 'held; dead letter `failed-in-hook` after 60 attempts'],
  ['throws on every event', 'held until the hook works'],
  ['vetoes or throws after `next()`', 'as without a hook'],
] as const;
