import {
  ApplicationFailure,
  CancellationScope,
  condition,
  continueAsNew,
  proxyActivities,
  workflowInfo,
} from '@temporalio/workflow';
import type { SagaResult } from '../../../src/contracts/names/saga';
import type { BatcherInput, EventShapes, OccurrenceEnd, RecurringInput } from '../../../src/saga';
import { batcher, FLUSH_ATTEMPTS, openInbox, recurring, stepsOf } from '../../../src/saga';
import { AGAIN, GATHERED, OPENED, REACHED, SHARED } from './names';
import type { ProbeEvent } from './probe';

/** The activities of the probe workflows. */
export interface ProbeActivities {
  /** The step of the process. */
  take(event: ProbeEvent): Promise<void>;
  /** The step of an occurrence. */
  takeIn(input: { readonly key: string; readonly event: ProbeEvent }): Promise<void>;
  /** The flush of the batcher. */
  flush(events: readonly ProbeEvent[]): Promise<void>;
}

/** Low enough that a test reaches the next run, and more than the other tests send. */
const EVENTS_PER_RUN = 6;

const { take, flush } = proxyActivities<ProbeActivities>(FLUSH_ATTEMPTS);

const PROBE = { probeId: 'key', 'outcome?': 'text' } as const;
export const PROBE_SHAPES: EventShapes<ProbeEvent> = {
  [OPENED]: PROBE,
  [AGAIN]: PROBE,
  [REACHED]: PROBE,
  [GATHERED]: PROBE,
  [SHARED]: PROBE,
};

interface ProbeInput {
  readonly key: string;
  /** From the previous run. */
  readonly seen?: readonly string[];
}

/** A process: takes one event after another, and ends as the event asks. */
export async function probe({ key, seen }: ProbeInput): Promise<SagaResult> {
  const inbox = openInbox<ProbeEvent>({ key, shapes: PROBE_SHAPES }, { seen });
  for (;;) {
    const event = await inbox.takeWhenever([OPENED, REACHED, SHARED]);
    await take.executeWithOptions({ summary: 'Take the event' }, [event]);
    switch (event.data.outcome) {
      case 'complete':
        return { state: 'completed', seen: inbox.seen() };
      case 'fail':
        throw asRequested();
      case 'continue':
        await continueAsNew<typeof probe>({ key, seen: inbox.seen() });
        break;
      case undefined:
    }
  }
}

/** A process that recurs: takes one event after another, under keys of its occurrence, and ends as the event asks. */
export function recur(input: RecurringInput<ProbeEvent>): Promise<SagaResult> {
  // The queue belongs to one test file.
  const { taskQueue } = workflowInfo();
  const steps = stepsOf<ProbeActivities>({ ...FLUSH_ATTEMPTS, taskQueue });
  const recurOf = recurring<ProbeEvent, ProbeEvent, 'completed', number>(
    async ({ opening, inbox, progress = 0, stepKey, continueAsNew }): Promise<OccurrenceEnd<'completed'>> => {
      for (let taken = progress; ; taken++) {
        const event = taken === 0 ? opening : await inbox.takeWhenever([AGAIN]);
        await steps.takeIn('Take the event', { key: stepKey('takeIn', taken), event });
        if (event.data.outcome === 'complete') return { state: 'completed', words: 'As an event has asked.' };
        if (event.data.outcome === 'fail') throw asRequested();
        if (event.data.outcome === 'continue') await continueAsNew(taken + 1);
      }
    },
    { opens: [AGAIN], shapes: PROBE_SHAPES, taskQueue },
  );
  return recurOf(input);
}

/** A batcher. Normally a batcher never fails; this one does, like a defect, when an event asks for it. */
export async function gather(input: BatcherInput<ProbeEvent>): Promise<SagaResult> {
  let failing = false;
  const gatherOf = batcher<ProbeEvent>(
    async ({ events }) => {
      await flush.executeWithOptions({ summary: `Flush ${events.length}` }, [events]);
      failing ||= events.some(({ data }) => data.outcome === 'fail');
    },
    { shapes: PROBE_SHAPES, eventsPerRun: EVENTS_PER_RUN },
  );
  // A cancelled batcher completes.
  const requested = CancellationScope.nonCancellable(() => condition(() => failing));
  const failed = requested.then(() => Promise.reject(asRequested()));
  return Promise.race([gatherOf(input), failed]);
}

function asRequested(): ApplicationFailure {
  return ApplicationFailure.nonRetryable('an event asked for it', 'asked-for');
}
