import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { NatsConnection } from 'nats';
import { connectNats, provisionStreams } from '../../src/adapters/nats';
import { environment } from '../../src/config';
import { freePorts, startStack } from '../../src/dev/stack';
import { silentLog } from './log';

export interface TestNats {
  readonly url: string;
  readonly pid: number;
  readonly connection: NatsConnection;
  stop(): Promise<void>;
}

const STREAM_BYTES = 64 * 1024 * 1024;

/** A NATS server for one test file, its streams made unless told otherwise. */
export async function startTestNats({ provisioned = true } = {}): Promise<TestNats> {
  const [port = 0] = await freePorts(1);
  const folder = await mkdtemp(path.join(tmpdir(), 'sagaline-nats-'));
  const stack = await startStack({
    dataDir: folder,
    ports: { nats: port, temporal: 0, temporalUi: 0, temporalHttp: 0, temporalMetrics: 0, postgres: 0 },
    namespace: 'default',
    searchPath: environment()['PATH'],
    external: { temporalAddress: 'not.started:1', databaseUrl: 'postgresql://not.started' },
    log: () => undefined,
    onUnexpectedExit: () => undefined,
  });
  const connection = await connectNats({ url: stack.natsUrl, name: 'test', log: silentLog });
  if (provisioned) await provisionStreams(connection, { replicas: 1, maxBytes: STREAM_BYTES });
  return {
    url: stack.natsUrl,
    pid: stack.pids['nats'] ?? 0,
    connection,
    stop: async () => {
      await connection.close();
      await stack.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
