import path from 'node:path';
import threads from 'node:worker_threads';
import type { WorkerOptions as ThreadOptions } from 'node:worker_threads';
import type { WorkerOptions } from '@temporalio/worker';
import { Worker } from '@temporalio/worker';

/** Wraps the SDK's own file below. */
const OUR_THREAD = path.resolve(__dirname, '../../../bin/workflow-thread.cjs');
/** The file that the SDK runs in each of its threads for workflows. */
const SDK_THREAD = /[\\/]workflow-worker-thread(\.js)?$/;

/**
 * Creates a worker, one at a time in a process. Its workflow threads watch an activation as a whole, instead of each of the
 * SDK's calls into a workflow: docs/adr/0068.
 *
 * @param promiseTraces `off`: its workflow threads do not record where each promise of a workflow was made, which the SDK (1.24)
 * does for the query `__stack_trace`, without an option against it: docs/adr/0063. Stacks of errors stay.
 * @example
 * const worker = await createWorker({ connection, taskQueue, workflowBundle }, { promiseTraces: 'off' });
 */
export async function createWorker(
  options: WorkerOptions,
  { promiseTraces }: { readonly promiseTraces: 'on' | 'off' },
): Promise<Worker> {
  const { Worker: Thread } = threads;
  class WorkflowThread extends Thread {
    constructor(file: string | URL, given?: ThreadOptions) {
      const isWorkflowThread = typeof file === 'string' && SDK_THREAD.test(file);
      if (isWorkflowThread) super(OUR_THREAD, { ...given, workerData: { thread: file, promiseTraces } });
      else super(file, given);
    }
  }
  // The SDK starts its threads while it creates the worker, and takes the class from the module.
  Object.assign(threads, { Worker: WorkflowThread });
  try {
    return await Worker.create(options);
  } finally {
    Object.assign(threads, { Worker: Thread });
  }
}
