import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import type { ProcessDefinition } from 'sagaline';
import { bundleOfTests } from 'sagaline/testing';
import config from '../../sagaline.config';
import type { Fixture } from './fixture';

/** Name of the pool whose workers run the workflow. */
export function poolOf({ taskQueue }: ProcessDefinition): string {
  const pool = Object.entries(config.pools).find((entry) => entry[1].taskQueue === taskQueue);
  if (!pool) throw new Error(`no pool of sagaline.config.ts has the task queue ${taskQueue}`);
  return pool[0];
}

/** Runs `work` while workers of all pools run, with their activities on the fakes of one fixture. */
export async function withWorkers<Result>(
  { nativeConnection: connection }: TestWorkflowEnvironment,
  { activities }: Fixture,
  work: () => Promise<Result>,
): Promise<Result> {
  const workers = await Promise.all(
    Object.entries(config.pools).map(([name, { taskQueue, workflows }]) =>
      Worker.create({
        connection,
        taskQueue,
        activities: activities[taskQueue] ?? {},
        ...(workflows !== undefined && { workflowBundle: bundleOfTests(name) }),
      }),
    ),
  );
  const [first, ...others] = workers;
  if (!first) throw new Error('sagaline.config.ts names no pool');
  const all = others.reduce<() => Promise<Result>>((inner, worker) => () => worker.runUntil(inner), work);
  return first.runUntil(all);
}
