import type { NatsConnection } from 'nats';
import { connectNats } from '../../src/adapters/nats';
import { startTestServers } from '../../src/testing';
import { silentLog } from './log';

export interface TestNats {
  readonly url: string;
  readonly pid: number;
  readonly connection: NatsConnection;
  stop(): Promise<void>;
}

/** A NATS server for one test file, with its streams unless `provisioned` is false. */
export async function startTestNats({ provisioned = true } = {}): Promise<TestNats> {
  const servers = await startTestServers({ only: ['nats'], provisioned });
  const connection = await connectNats({ url: servers.natsUrl, name: 'test', log: silentLog });
  return {
    url: servers.natsUrl,
    pid: servers.pids.nats ?? 0,
    connection,
    stop: async () => {
      await connection.close();
      await servers.stop();
    },
  };
}
