/** Type of the failure that the fault "has a defect" injects. It is expected, and kept out of the log of tests. */
export const PUT_IN = 'put-in';

/** The faults of a step, in the order of the columns, with their text in the legend. */
export const STEP_FAULTS = {
  'fails once': 'its first attempt fails before it has had an effect',
  'fails for good':
    'it fails until it is given up, and works again when a person has decided; one that is never given up fails ten times',
  refused: 'its answer is no',
  'no for good': 'its provider says no, for good, and for a reason that the saga does not know',
  'has a defect': 'it takes effect, and its answer cannot be used: final, and nobody knows the effect',
  'times out':
    'it takes effect and no answer comes, until it is given up; one that is never given up is repeated',
  'compensation overtakes step':
    'its first attempt takes effect only when the saga has ended; meanwhile it is given up, or repeated',
  'cancelled here': 'somebody cancels the workflow while it is under way',
} as const;

/** The faults of an event. */
export const EVENT_FAULTS = {
  repeated: 'it comes three times',
  early: 'it comes before all that its route lets it overtake',
  late: 'it comes when its deadline has passed',
  missing: 'its deadline passes, and it does not come; where only it can help, it comes in the end',
  'worker killed here':
    'the step that follows it takes effect on a worker that is replaced before it has answered; the history is replayed',
} as const;

/** A fault that a step can meet. */
export type StepFault = keyof typeof STEP_FAULTS;
/** A fault that an event can meet. */
export type EventFault = keyof typeof EVENT_FAULTS;

/** Incidents that a domain adds: each may happen beside its happy path, at any step and before any event. */
export type Incidents = Readonly<Record<string, { readonly means: string; readonly isHarmless: boolean }>>;

/** Faults that must change nothing: the saga ends as the happy path does. */
const HARMLESS: readonly (StepFault | EventFault)[] = [
  'fails once',
  'repeated',
  'early',
  'worker killed here',
];

/** One run with one fault. */
export type Cell = { readonly row: string } & (
  | { readonly kind: 'step'; readonly fault: StepFault }
  | { readonly kind: 'event'; readonly fault: EventFault; readonly index: number }
  /** For an event: before it. For a step, without an index: while its first attempt is under way. */
  | { readonly kind: 'incident'; readonly fault: string; readonly index?: number }
);

export function nameOf({ row, fault }: Cell): string {
  return `${row} × ${fault}`;
}

export function isHarmless(cell: Cell, incidents: Incidents = {}): boolean {
  if (cell.kind === 'incident') return incidents[cell.fault]?.isHarmless ?? false;
  return (HARMLESS as readonly string[]).includes(cell.fault);
}

/** What a run of the happy path has shown. */
export interface Shown {
  /** Steps, in the order in which they were first called. */
  readonly steps: readonly { readonly row: string; readonly activity: string }[];
  /** Events, and whether the workflow was waiting with a deadline at the event's turn. */
  readonly events: readonly { readonly row: string; readonly hadDeadline: boolean }[];
}

/** What the declarations of a happy path say about its cells. */
interface Variety {
  readonly refusals?: Readonly<Record<string, string>> | undefined;
  readonly providerCalls?: readonly string[] | undefined;
  readonly incidents?: Incidents | undefined;
}

/** All cells that make sense: every step and every event, with each fault that applies to it. */
export function cellsOf(
  { steps, events }: Shown,
  { refusals = {}, providerCalls = [], incidents = {} }: Variety,
): Cell[] {
  const stepFaults = Object.keys(STEP_FAULTS) as StepFault[];
  const eventFaults = Object.keys(EVENT_FAULTS) as EventFault[];
  return [
    ...steps.flatMap(({ row, activity }) =>
      stepFaults
        .filter((fault) => fault !== 'refused' || activity in refusals)
        .filter((fault) => fault !== 'no for good' || providerCalls.includes(activity))
        .map((fault): Cell => ({ kind: 'step', row, fault })),
    ),
    ...events.flatMap(({ row, hadDeadline }, index) =>
      eventFaults
        .filter((fault) => index > 0 || fault === 'repeated' || fault === 'worker killed here')
        .filter((fault) => hadDeadline || (fault !== 'late' && fault !== 'missing'))
        .map((fault): Cell => ({ kind: 'event', row, fault, index })),
    ),
    ...Object.keys(incidents).flatMap((fault): Cell[] => [
      ...steps.map(({ row }): Cell => ({ kind: 'incident', row, fault })),
      ...events.flatMap(({ row }, index): Cell[] =>
        index === 0 ? [] : [{ kind: 'incident', row, fault, index }],
      ),
    ]),
  ];
}
