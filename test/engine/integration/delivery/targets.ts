import { randomUUID } from 'node:crypto';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { describeRun } from '../../../../src/adapters/temporal';
import type { OutgoingEvent } from '../../../../src/contracts';
import type { ProbeOutcome } from '../../../support/ping/probe';
import { probeEvent } from '../../../support/ping/probe';
import { until } from '../../../support/until';
import type { RouteKind, Target } from './cells';
import type { DeliveryUnderTest } from './delivery-under-test';

/** Where the events of one key go, by one kind of route, and how that is brought into each state for real. */
export interface TargetUnderTest {
  readonly key: string;
  readonly handle: WorkflowHandle;
  /** One of the kind that the cell is about. */
  readonly newEvent: () => OutgoingEvent;
  /** Any other event that reaches the target once it is open. */
  readonly further: (outcome?: ProbeOutcome) => OutgoingEvent;
  /** Opens the target, lets it receive these events, and drives it into the state. */
  drive(state: Target, received: readonly OutgoingEvent[]): Promise<void>;
  /** Id and status of the latest run, as Temporal says; `undefined` where it knows none. */
  latest(): Promise<{ runId: string; status: string } | undefined>;
}

/** What Temporal calls it. */
export const STATUS_OF: Readonly<Record<Target, string | undefined>> = {
  none: undefined,
  running: 'RUNNING',
  'closed completed': 'COMPLETED',
  'closed failed': 'FAILED',
  terminated: 'TERMINATED',
  'continued as new': 'RUNNING',
  reset: 'RUNNING',
  'past retention': undefined,
};

/** The event that the cell is about, the one that opens its target, and one that reaches it. */
const EVENTS_OF = {
  opens: { event: 'opened', opening: 'opened', further: 'reached', target: 'probe' },
  'opens, recurs': { event: 'again', opening: 'again', further: 'again', target: 'recur' },
  'only reaches': { event: 'reached', opening: 'opened', further: 'reached', target: 'probe' },
  batches: { event: 'gathered', opening: 'gathered', further: 'gathered', target: 'gather' },
} as const;

export function targetOf(delivery: DeliveryUnderTest, route: RouteKind): TargetUnderTest {
  const { temporal } = delivery;
  const key = `d-${randomUUID()}`;
  const batches = route === 'batches';
  const names = EVENTS_OF[route];
  const handle = temporal.workflow.getHandle(`${names.target}-${key}`);
  const opening = probeEvent(names.opening, key);
  const further = (outcome?: ProbeOutcome) => probeEvent(names.further, key, { outcome });

  const latest = async () => {
    const run = await describeRun(temporal, handle.workflowId);
    return run && { runId: run.runId, status: run.status.name };
  };

  async function send(event: OutgoingEvent): Promise<void> {
    await delivery.deliver(event);
    await delivery.untilHanded(event);
  }

  async function complete(): Promise<void> {
    if (batches) await handle.cancel();
    else await send(further('complete'));
    await handle.result();
  }

  async function nextRun(): Promise<void> {
    const before = await latest();
    const isNext = async () => (await latest())?.runId !== before?.runId;
    if (!batches) await send(further('continue'));
    // As many as a run takes; the task that hands on the last of them ends it.
    else while (!(await isNext())) await send(further());
    await until('the next run', isNext);
  }

  return {
    key,
    handle,
    newEvent: () => probeEvent(names.event, key),
    further,
    latest,
    drive: async (state, received) => {
      if (state === 'none') return;
      const sent = [opening, ...received];
      for (const event of sent) await send(event);
      switch (state) {
        case 'running':
          return;
        case 'closed completed':
          return complete();
        case 'closed failed':
          await send(further('fail'));
          await handle.result().catch(() => undefined);
          return;
        case 'terminated':
          await handle.terminate('by the test');
          return;
        case 'continued as new':
          return nextRun();
        case 'reset':
          await resetToTheBeginning(temporal, handle);
          // What comes behind the reset point is handed on again.
          for (const event of sent) await delivery.untilHanded(event, 2);
          return;
        case 'past retention':
          // What is forgotten then is the occurrence behind the one that has received the events.
          if (route === 'opens, recurs') {
            await complete();
            await send(further());
          }
          // While it is open: the server then deletes it as it closes it. One that has closed it keeps until its queues
          // have been written down (`history.transferProcessorUpdateAckInterval`, 30 s and more).
          await temporal.workflowService.deleteWorkflowExecution({
            namespace: temporal.options.namespace,
            workflowExecution: { workflowId: handle.workflowId },
          });
          await until('Temporal has forgotten it', async () => !(await latest()));
      }
    },
  };
}

/** To its first workflow task: all further events come behind it. */
async function resetToTheBeginning(temporal: Client, handle: WorkflowHandle): Promise<void> {
  const { events } = await handle.fetchHistory();
  const first = events?.find(({ workflowTaskCompletedEventAttributes: completed }) => completed)?.eventId;
  await temporal.workflowService.resetWorkflowExecution({
    namespace: temporal.options.namespace,
    workflowExecution: { workflowId: handle.workflowId },
    reason: 'by the test',
    workflowTaskFinishEventId: first ?? null,
    requestId: randomUUID(),
  });
}
