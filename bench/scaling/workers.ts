import type { Client } from '@temporalio/client';
import { createSingleAttemptClient } from '../../src/adapters/temporal';
import { temporalSettings } from '../../src/runtime/settings';
import type { Part } from '../part';
import type { Testbed } from '../testbed';
import { inTestbed } from '../testbed';
import { WORKLOADS_QUEUE } from '../workloads/names';
import type { waits } from '../workloads/workflows';
import { scalingFigures } from './bridges';

const COUNTS = [1, 2, 4] as const;
/** Each workflow schedules all of its activities at once, and waits for them. */
const WORKFLOWS = 8;

/** Several workers on the same queue: activities that wait 200 ms, ten slots in each worker. What scales is the slots. */
export const workers: Part = {
  name: 'workers',
  about:
    '1, 2 and 4 workers of ten slots, with activities that wait 200 ms: says that slots scale, not processors',
  run: ({ quick, say }) =>
    inTestbed({ processes: ['bench:workloads'] }, async (testbed) => {
      const [repeats, activities] = quick ? [1, 40] : [5, 150];
      say(
        `${repeats} rounds of ${WORKFLOWS} workflows of ${activities} activities for each number of workers`,
      );
      const client = createSingleAttemptClient(temporalSettings(testbed.config, {}));
      const rates: Record<number, number[]> = { 1: [], 2: [], 4: [] };
      for (let n = 1; n <= repeats; n++) {
        for (const count of COUNTS) {
          const rate = await rateOf(testbed, client, count, { run: `r${n}-${count}`, activities });
          say(`round ${n}: ${count} workers ${rate.toFixed(1)}/s`);
          rates[count]?.push(rate);
        }
      }
      await client.connection.close();
      return scalingFigures('workers', 'activities per second', rates, { 2: 1.9, 4: 3.7 });
    }),
};

async function rateOf(
  testbed: Testbed,
  client: Client,
  count: number,
  { run, activities }: { run: string; activities: number },
): Promise<number> {
  const names = Array.from({ length: count }, (_, at) => `bench:waiting#${at + 1}`);
  const processes = await testbed.start(...names);
  const waves = (wave: string, each: number) =>
    Promise.all(
      Array.from({ length: WORKFLOWS }, (_, at) =>
        client.workflow.execute<typeof waits>('waits', {
          workflowId: `waits-${run}-${wave}-${at}`,
          taskQueue: WORKLOADS_QUEUE,
          args: [each],
        }),
      ),
    );
  try {
    await waves('warm-up', 5 * count);
    const since = performance.now();
    await waves('counted', activities);
    return (WORKFLOWS * activities) / ((performance.now() - since) / 1_000);
  } finally {
    await processes.stop();
  }
}
