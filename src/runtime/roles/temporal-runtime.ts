import { createServer } from 'node:net';
import { IllegalStateError, Runtime } from '@temporalio/worker';
import type { Log } from '../../contracts';
import { sdkLogging } from './sdk-logging';

/** Reads the metrics of Temporal's SDK in Prometheus' text format; empty while the SDK does not answer. */
export type ReadSdkMetrics = () => Promise<string>;

/** A scrape waits no longer for the SDK's part. */
const ANSWER_MS = 2_000;
/** Nobody else may connect; the process's own `/metrics` has the same. */
const HOST = '127.0.0.1';

/**
 * Installs the runtime of Temporal's SDK, which a process has once. Its lines go into the log of the process. It exports
 * its metrics on a port of the loopback device, from where the process's `/metrics` takes them: the SDK has no other way
 * that costs nothing between two scrapes. Durations are in seconds, and names have the suffixes of Prometheus.
 */
export async function installTemporalRuntime(role: string, log: Log): Promise<ReadSdkMetrics> {
  const { logger, logging } = sdkLogging(log);
  const address = `${HOST}:${await freePort()}`;
  const prometheus = {
    bindAddress: address,
    ...{ countersTotalSuffix: true, unitSuffix: true, useSecondsForDurations: true },
  };
  try {
    const metrics = { globalTags: { role }, attachServiceName: false, prometheus };
    Runtime.install({ logger, telemetryOptions: { logging, metrics } });
  } catch (error) {
    // Another worker of this process was first: a process has one runtime, and its owner has its log and its metrics.
    if (error instanceof IllegalStateError) return () => Promise.resolve('');
    throw error;
  }
  return async () => {
    try {
      const answer = await fetch(`http://${address}/metrics`, { signal: AbortSignal.timeout(ANSWER_MS) });
      return await answer.text();
    } catch {
      return '';
    }
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, HOST, () => {
      const found = server.address();
      server.close(() => resolve(typeof found === 'object' && found !== null ? found.port : 0));
    });
  });
}
