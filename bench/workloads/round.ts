import type { Client } from '@temporalio/client';
import type { DomainEvent } from '../../src/contracts';
import type { SagaRound } from '../sagas';
import { sagaRound } from '../sagas';
import type { Testbed } from '../testbed';
import { EVENTS_OF_A_WORKFLOW, WORKLOADS_QUEUE } from './names';

/** The workloads that need only Temporal; W5 is the bridge's, W6 the shop's. */
export const WORKLOADS = {
  W0: { workflow: 'nothing', what: 'W0 no-op' },
  W1: { workflow: 'fiveOrdinary', what: 'W1 five ordinary activities' },
  W2: { workflow: 'fiveLocal', what: 'W2 five local activities' },
  W3: { workflow: 'failsAtFour', what: 'W3 the fourth step refused, three compensated' },
  W4: { workflow: 'fiveEvents', what: 'W4 five events to one workflow' },
} as const;

export type Workload = keyof typeof WORKLOADS;

/** Runs `count` workflows of a workload from start to result, `atOnce` at a time: the client waits for each, as a caller does. */
export function roundOf(
  testbed: Testbed,
  client: Client,
  workload: Workload,
  { run, count, atOnce }: { run: string; count: number; atOnce: number },
): Promise<SagaRound> {
  const workflowIds = Array.from({ length: count }, (_, number) => `${workload}-${run}-${number}`);
  const one = workload === 'W4' ? fiveEvents : plain;
  let next = 0;
  return sagaRound(testbed, client, {
    workflowIds,
    act: async () => {
      const running = Array.from({ length: atOnce }, async () => {
        for (let id = workflowIds[next++]; id !== undefined; id = workflowIds[next++]) {
          await one(client, WORKLOADS[workload].workflow, id);
        }
      });
      await Promise.all(running);
    },
  });
}

async function plain(client: Client, workflow: string, workflowId: string): Promise<void> {
  await client.workflow.execute(workflow, { workflowId, taskQueue: WORKLOADS_QUEUE });
}

async function fiveEvents(client: Client, workflow: string, workflowId: string): Promise<void> {
  const event = (number: number): DomainEvent => ({
    id: String(number),
    source: '/bench',
    type: 'dev.sagaline.bench.happened.v1',
    key: workflowId,
    data: {},
  });
  const first = event(0);
  const handle = await client.workflow.signalWithStart(workflow, {
    workflowId,
    taskQueue: WORKLOADS_QUEUE,
    signal: first.type,
    signalArgs: [first],
  });
  for (let number = 1; number < EVENTS_OF_A_WORKFLOW; number++) {
    const later = event(number);
    await handle.signal(later.type, later);
  }
  await handle.result();
}
