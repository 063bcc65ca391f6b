import type { Sinks } from '@temporalio/workflow';
import { proxyActivities, proxySinks, workflowInfo } from '@temporalio/workflow';
import type { EventOf } from '../../../src/contracts/model/event';
import type { BatcherInput } from '../../../src/saga';
import { batcher, FLUSH_ATTEMPTS } from '../../../src/saga';
import type { pinged } from './domain';
import { PING_SHAPES } from './shapes';

type Ping = EventOf<typeof pinged>;

/** One batch, as the recorder receives it. */
export interface Recording {
  readonly key: string;
  readonly flush: string;
  readonly events: readonly Ping[];
}

/** Far fewer than usual, so that a test sees several runs. */
const EVENTS_PER_RUN = 20;

/** Called in the workflow task that would end a run: an event at that moment comes at the worst time. */
export interface EndSinks extends Sinks {
  ends: { reached(workflowId: string): void };
}

const { ends } = proxySinks<EndSinks>();
const { record } = proxyActivities<{ record(batch: Recording): Promise<void> }>(FLUSH_ATTEMPTS);

const tallyOf = batcher<Ping>(
  (batch) => record.executeWithOptions({ summary: `Record ${batch.events.length} pings` }, [batch]),
  { shapes: PING_SHAPES, eventsPerRun: EVENTS_PER_RUN },
);

export async function tally(input: BatcherInput<Ping>): ReturnType<typeof tallyOf> {
  try {
    return await tallyOf(input);
  } finally {
    ends.reached(workflowInfo().workflowId);
  }
}
