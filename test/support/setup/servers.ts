import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { migrate } from '../../../src/adapters/postgres/migrate';
import { createTemporalClient, registerSearchAttributes } from '../../../src/adapters/temporal';
import { environment } from '../../../src/config';
import type { Stack } from '../../../src/dev/stack';
import { freePorts, startStack } from '../../../src/dev/stack';
import { loadApp } from '../../../src/runtime/load';
import { migrationsOf } from '../../../src/runtime/migrations';
import { silentLog } from '../log';
import buildBundles from './bundles';
import { handOver } from './handover';

/** What the teardown needs; both run in jest's own process. */
export const running: { stack?: Stack; folder?: string } = {};

/**
 * One Temporal and one PostgreSQL for all integration tests of a run, on free ports. NATS is started for each file (it
 * takes 0.1 s), because a JetStream account has one event stream.
 */
export default async function startServers(): Promise<void> {
  const [nats = 0, temporal = 0, temporalUi = 0, temporalHttp = 0, temporalMetrics = 0, postgres = 0] =
    await freePorts(6);
  running.folder = await mkdtemp(path.join(tmpdir(), 'sagaline-test-'));
  running.stack = await startStack({
    dataDir: running.folder,
    ports: { nats, temporal, temporalUi, temporalHttp, temporalMetrics, postgres },
    namespace: 'default',
    searchPath: environment()['PATH'],
    external: { natsUrl: 'nats://started.for.each.file' },
    ephemeral: true,
    log: () => undefined,
    onUnexpectedExit: (server, detail) => {
      throw new Error(`${server} ended during the tests: ${detail}`);
    },
  });
  const { temporalAddress, databaseUrl } = running.stack;
  await migrate(databaseUrl, migrationsOf(loadApp()), silentLog);
  const temporalClient = createTemporalClient({ address: temporalAddress, namespace: 'default' });
  await registerSearchAttributes(temporalClient);
  await temporalClient.connection.close();
  handOver('servers', {
    temporalAddress,
    databaseUrl,
    temporalMetricsUrl: `http://127.0.0.1:${temporalMetrics}/metrics`,
  });
  await buildBundles();
}

export async function stopServers(): Promise<void> {
  await running.stack?.stop();
  if (running.folder !== undefined) await rm(running.folder, { recursive: true, force: true });
}
