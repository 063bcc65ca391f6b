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
    'No workflow has received it yet: the event is in the stream twice before the workflow exists. The first copy opens the workflow, and the workflow drops the second.',
  deadLetteredTwice:
    'No workflow has received it, so the copies cannot be compared: each copy becomes a dead letter. If you redrive both, the event is applied once.',
  failedOpens:
    'A failed or terminated workflow has not finished its work, so an opening event opens it again: for example an order that arrives after its payment has timed out, or a redriven opening event. A repeat cannot be distinguished from these. The new run begins at the start. Each step is idempotent under its key and returns its old result. If another run has entered the order, the new run ends as `duplicate`.',
  recurs:
    'The next occurrence, in a run of its own. It knows the latest 1,000 events that earlier occurrences received.',
  recursAfterFailure:
    'The next occurrence. Only the event that opened the failed or terminated occurrence opens that same occurrence again, as a repeat: its step keys are the same, and each step returns its old result.',
  recursForgotten:
    'Temporal no longer has the process. An ended occurrence has a row in the effects tables. The new run checks this row first and does nothing. A terminated occurrence has no such row: its own opening event opens it again, with its old results. Another opening event that it had received opens a new occurrence.',
  received:
    'Received counts, not applied: an event in the history of a failed or terminated workflow is not delivered again, even if the workflow ended before it acted on the event. If you terminate a workflow, you take over the events that it had not yet applied.',
  batcherReopens:
    'A batcher closes when it has no work, and the next event opens it again, so no event is late. A new run does not know the earlier run: the event is in a batch again, and the flush (`applyEachOnce`) applies it once, for 40 days.',
  batcherFails:
    'A batcher does not fail by itself: a flush that fails permanently asks a person, and a cancelled batcher flushes and completes. This row is for a defect, or for a person who terminates it. Its unflushed events are not applied; they remain in its history and in the stream.',
  continued: 'The identities of the latest 1,000 events are passed from run to run.',
  reset:
    'Temporal applies the signals after the reset point again, so the new run knows them too. The work after the reset point is done again, and each step returns its old result.',
  forgottenOpens:
    'Temporal no longer has the workflow, so a repeat opens a second one. It begins at the start, as the second run of a failed workflow does. An order saga ends as `duplicate` at its first step, unless Temporal has lost the first one within a day ([backup.md](backup.md)).',
  forgottenReaches:
    'Temporal no longer has the workflow: an event that was late before is now unmatched, and so is a repeat of an applied event. Discard it if the business knows the event.',
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
