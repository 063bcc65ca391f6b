import { condition, proxyActivities, proxyLocalActivities, workflowInfo } from '@temporalio/workflow';
import { failureOf, openDecisions, openSaga } from '../../../src/saga';
import { receiveEvents } from '../../../src/saga/receive-events';
import type { WorkloadActivities } from '../activities';
import { EVENTS_OF_A_WORKFLOW, WAITING_QUEUE } from '../names';

const options = { startToCloseTimeout: '10 seconds' } as const;
const ordinary = proxyActivities<WorkloadActivities>(options);
const local = proxyLocalActivities<WorkloadActivities>(options);
const STEPS = 5;
const FAILS_AT = 4;

/** W0. */
export async function nothing(): Promise<void> {
  return Promise.resolve();
}

/** W1. */
export async function fiveOrdinary(): Promise<void> {
  for (let step = 1; step <= STEPS; step++) await ordinary.step();
}

/** W2. */
export async function fiveLocal(): Promise<void> {
  for (let step = 1; step <= STEPS; step++) await local.step();
}

/** W3: does what W1 does, with the product's scope; the fourth step is refused, and the three before it are compensated. */
export async function failsAtFour(): Promise<string> {
  const scope = openSaga(openDecisions());
  try {
    for (let step = 1; step <= STEPS; step++) {
      const run = () => (step === FAILS_AT ? ordinary.refuse() : ordinary.step());
      await scope.step({ run, undoneBy: 'compensate', compensate: () => ordinary.compensate() });
    }
    return 'completed';
  } catch (error) {
    await scope.compensate('compensating');
    return failureOf(error).type;
  }
}

/** W4: takes events by the product's inbox until it has all of its own. */
export async function fiveEvents(): Promise<number> {
  let taken = 0;
  const { workflowId: key } = workflowInfo();
  receiveEvents({ key, shapes: {} }, [], () => taken++);
  await condition(() => taken === EVENTS_OF_A_WORKFLOW);
  return taken;
}

/** For the measurement of slots: all activities at once. */
export async function waits(activities: number): Promise<void> {
  const { wait } = proxyActivities<{ wait: () => Promise<void> }>({
    ...options,
    taskQueue: WAITING_QUEUE,
    scheduleToCloseTimeout: '10 minutes',
  });
  await Promise.all(Array.from({ length: activities }, () => wait()));
}
