import { readFile } from 'node:fs/promises';
import { NativeConnection, Worker } from '@temporalio/worker';
import { quietRuntime } from '../../../src/testing';
import { prepared } from '../setup/handover';
import { JOURNAL_QUEUE } from './names';

/** Runs the journals of one namespace. */
export async function startJournalWorker(at: {
  address: string;
  namespace: string;
}): Promise<{ stop(): Promise<void> }> {
  quietRuntime();
  const connection = await NativeConnection.connect({ address: at.address });
  const worker = await Worker.create({
    connection,
    namespace: at.namespace,
    taskQueue: JOURNAL_QUEUE,
    workflowBundle: { code: await readFile(prepared('bundles').ping, 'utf8') },
  });
  const run = worker.run();
  return {
    stop: async () => {
      worker.shutdown();
      await run;
      await connection.close();
    },
  };
}
