import { Context } from '@temporalio/activity';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { WorkerOptions } from '@temporalio/worker';
import type { ProcessDefinition } from '../../contracts';
import { temporalWorker } from '../lazy';
import type { ActivitiesByQueue, HappyPath } from './happy-path';
import type { Recorder } from './recorder';

/** What serves the calls of one workflow: its own fixture, behind its own recorder. */
export interface Behind {
  readonly activities: ActivitiesByQueue;
  readonly recorder: Recorder;
}

export interface MatrixWorkers {
  /** Replaces these workers by others which are to be killed. */
  doom(): Promise<void>;
  /** Replaces these workers. Calls `tell` when they take no more work; activities under way on them fail then. */
  kill(tell: () => void): Promise<void>;
  stop(): Promise<void>;
}

/**
 * A worker that is to be killed caches no workflows: the time-skipping server (1.40) would keep sending tasks of cached workflows
 * to the killed worker, for ever.
 */
const DOOMED = { maxCachedWorkflows: 0 } as const;

type Functions = Readonly<Record<string, ((input: unknown) => Promise<unknown>) | undefined>>;

/** Starts the workers of all cells. Each call goes to the fixture of the workflow that made it. */
export async function startWorkers<Fixture>(options: {
  readonly env: TestWorkflowEnvironment;
  readonly process: ProcessDefinition;
  readonly happyPath: HappyPath<Fixture>;
  readonly behind: (workflowId: string) => Behind | undefined;
}): Promise<MatrixWorkers> {
  const { env, process, happyPath, behind } = options;
  const queues: ActivitiesByQueue = {
    [process.taskQueue]: {},
    ...happyPath.activities(happyPath.fixture()),
  };

  function call(taskQueue: string, name: string, input: unknown): Promise<unknown> {
    const { info, cancelled } = Context.current();
    const { workflowExecution } = info;
    const found = behind(workflowExecution?.workflowId ?? '');
    const run = (found?.activities[taskQueue] as Functions | undefined)?.[name];
    if (!found || !run) throw new Error(`nobody is behind ${name} of ${workflowExecution?.workflowId}`);
    // An activity that never answers would hold up its worker's end, and with it the matrix.
    return Promise.race([found.recorder.attempt(name, input, () => run(input)), cancelled]);
  }

  async function start(more: Pick<WorkerOptions, 'maxCachedWorkflows'> = {}) {
    const workers = await Promise.all(
      Object.entries(queues).map(([taskQueue, functions]) =>
        temporalWorker().Worker.create({
          connection: env.nativeConnection,
          namespace: env.namespace ?? 'default',
          taskQueue,
          ...more,
          activities: Object.fromEntries(
            Object.keys(functions).map((name) => [name, (input: unknown) => call(taskQueue, name, input)]),
          ),
          ...(taskQueue === process.taskQueue ? { workflowBundle: happyPath.bundle } : {}),
        }),
      ),
    );
    return workers.map((worker) => ({ worker, ended: worker.run() }));
  }

  let running = await start();

  async function stop(): Promise<void> {
    for (const { worker } of running) if (worker.getState() === 'RUNNING') worker.shutdown();
    await Promise.all(running.map(({ ended }) => ended));
  }

  return {
    doom: async () => {
      await stop();
      running = await start(DOOMED);
    },
    kill: async (tell) => {
      const stopped = stop();
      tell();
      await stopped;
      running = await start();
    },
    stop,
  };
}
