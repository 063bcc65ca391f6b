import type { Client } from '@temporalio/client';
import { createSingleAttemptClient } from '../../src/adapters/temporal';
import { temporalSettings } from '../../src/runtime/settings';
import type { Part } from '../part';
import type { Testbed } from '../testbed';
import { inTestbed } from '../testbed';
import { WORKLOADS_QUEUE } from '../workloads/names';
import type { waits } from '../workloads/workflows';
import type { ScalingRound } from './round';
import { COUNTS, inWords, scalingFigures, scalingRound } from './round';

/** Each workflow schedules all of its activities at once, and waits for them. */
const WORKFLOWS = 8;

/**
 * Several workers on the same queue: activities that wait a second, ten slots in each worker. What scales is the slots; a
 * shorter wait would need more activities a second than the server can hand out on two processors.
 */
export const workers: Part = {
  name: 'workers',
  about:
    '1, 2 and 4 workers of ten slots, with activities that wait a second: says that slots scale, not processors',
  onProduction: true,
  run: ({ quick, say, temporal }) =>
    inTestbed({ temporal, processes: ['bench:workloads'] }, async (testbed) => {
      const [repeats, perWorker] = quick ? [1, 5] : [5, 10];
      say(
        `${repeats} rounds of ${WORKFLOWS} workflows of ${perWorker} activities for each worker, by number of workers`,
      );
      const client = createSingleAttemptClient(temporalSettings(testbed.config, {}));
      const rounds: Record<number, ScalingRound[]> = { 1: [], 2: [], 4: [] };
      for (let n = 1; n <= repeats; n++) {
        for (const count of COUNTS) {
          const round = await roundOf(testbed, client, count, { run: `r${n}-${count}`, perWorker });
          say(`round ${n}: ${count} workers ${inWords(round)}`);
          rounds[count]?.push(round);
        }
      }
      await client.connection.close();
      return scalingFigures('workers', 'activities per second', rounds, { 2: 1.9, 4: 3.5 });
    }),
};

async function roundOf(
  testbed: Testbed,
  client: Client,
  count: number,
  { run, perWorker }: { run: string; perWorker: number },
): Promise<ScalingRound> {
  const names = Array.from({ length: count }, (_, at) => `bench:waiting#${at + 1}`);
  const processes = await testbed.start(...names);
  const wave = async (name: string, activities: number) => {
    await Promise.all(
      Array.from({ length: WORKFLOWS }, (_, at) =>
        client.workflow.execute<typeof waits>('waits', {
          workflowId: `waits-${run}-${name}-${at}`,
          taskQueue: WORKLOADS_QUEUE,
          args: [activities],
        }),
      ),
    );
  };
  try {
    await wave('warm-up', 2 * count);
    const activities = perWorker * count;
    return await scalingRound(testbed, WORKFLOWS * activities, () => wave('counted', activities));
  } finally {
    await processes.stop();
  }
}
