import { readFile } from 'node:fs/promises';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { prepared } from '../setup/handover';
import { PING_QUEUE } from './names';

/** Runs the ping workflow for one test file; several files may do so at the same time. */
export async function startPingWorker(): Promise<{ stop(): Promise<void> }> {
  // Only errors are logged: failures of workflows that a test wants are not interesting.
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const connection = await NativeConnection.connect({ address: prepared('servers').temporalAddress });
  const worker = await Worker.create({
    connection,
    taskQueue: PING_QUEUE,
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
