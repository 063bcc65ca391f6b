import { Context } from '@temporalio/activity';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { WorkerOptions } from '@temporalio/worker';
import { deferred } from '../../async';
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

/** When a worker is stopped. */
const ANSWER_WITHIN_MS = 2_000;

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
    const { workflowExecution } = Context.current().info;
    const found = behind(workflowExecution?.workflowId ?? '');
    const run = (found?.activities[taskQueue] as Functions | undefined)?.[name];
    if (!found || !run) throw new Error(`nobody is behind ${name} of ${workflowExecution?.workflowId}`);
    return found.recorder.attempt(name, input, () => run(input));
  }

  async function start(more: Pick<WorkerOptions, 'maxCachedWorkflows'> = {}) {
    const { promise: gone, reject } = deferred<never>();
    gone.catch(() => undefined);
    const workers = await Promise.all(
      Object.entries(queues).map(([taskQueue, functions]) =>
        temporalWorker().Worker.create({
          connection: env.nativeConnection,
          namespace: env.namespace ?? 'default',
          taskQueue,
          ...more,
          activities: Object.fromEntries(
            Object.keys(functions).map((name) => [
              name,
              (input: unknown) => Promise.race([call(taskQueue, name, input), gone]),
            ]),
          ),
          ...(taskQueue === process.taskQueue ? { workflowBundle: happyPath.bundle } : {}),
        }),
      ),
    );
    return {
      workers: workers.map((worker) => ({ worker, ended: worker.run() })),
      /** Fails the activities that are still under way. */
      leave: () => reject(new Error('its worker has ended')),
    };
  }

  let running = await start();

  async function stop(): Promise<void> {
    const { workers, leave } = running;
    for (const { worker } of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
    // An activity that never answers would hold up the end of its worker, and with it the matrix.
    const late = setTimeout(leave, ANSWER_WITHIN_MS);
    await Promise.all(workers.map(({ ended }) => ended));
    clearTimeout(late);
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
