// The servers of a suite, on free ports and in a folder of their own.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { environment } from '../../src/config';
import type { Stack, StackOptions } from '../../src/dev/stack';
import { freePorts, startStack } from '../../src/dev/stack';

/**
 * Runs `work` beside the servers, which end with it; Temporal is in memory. A server that ends by itself ends the suite.
 *
 * @param external addresses instead of servers that the suite does not need
 */
export async function withStack(
  external: StackOptions['external'],
  work: (stack: Stack) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'sagaline-full-'));
  const [nats = 0, temporal = 0, temporalUi = 0, temporalHttp = 0, temporalMetrics = 0, postgres = 0] =
    await freePorts(6);
  const stack = await startStack({
    dataDir: folder,
    ports: { nats, temporal, temporalUi, temporalHttp, temporalMetrics, postgres },
    namespace: 'default',
    searchPath: environment()['PATH'],
    external,
    ephemeral: true,
    log: () => undefined,
    onUnexpectedExit: (server, detail) => {
      throw new Error(`${server} has ended by itself: ${detail}`);
    },
  });
  try {
    await work(stack);
  } finally {
    await stack.stop();
    await rm(folder, { recursive: true, force: true });
  }
}
