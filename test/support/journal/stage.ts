/** Servers, streams and a worker for a script under `test/full`; they end with the script. */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Client } from '@temporalio/client';
import type { NatsConnection } from 'nats';
import { connectNats, provisionStreams } from '../../../src/adapters/nats';
import { createTemporalClient, registerSearchAttributes } from '../../../src/adapters/temporal';
import { environment } from '../../../src/config';
import { freePorts, startStack } from '../../../src/dev/stack';
import { silentLog } from '../log';
import type { RestartableNats } from '../restartable-nats';
import { startRestartableNats } from '../restartable-nats';
import buildBundles from '../setup/bundles';
import { startJournalWorker } from './worker';
import { removeFolder } from '../../../src/files/remove-folder';

const STREAM_BYTES = 512 * 1024 * 1024;

export interface JournalStage {
  readonly nats: RestartableNats & { readonly connection: NatsConnection };
  readonly temporal: { readonly client: Client; readonly address: string; readonly namespace: string };
}

/** Runs `play` on its own servers. Its figures are printed, and `held` is its verdict. */
export async function onJournalStage(
  play: (stage: JournalStage) => Promise<{ readonly held: boolean; readonly figures: object }>,
): Promise<void> {
  const since = performance.now();
  await buildBundles();
  const folder = await mkdtemp(path.join(tmpdir(), 'sagaline-full-'));
  const [temporal = 0, temporalUi = 0, temporalHttp = 0, temporalMetrics = 0] = await freePorts(4);
  const nats = await startRestartableNats();
  const stack = await startStack({
    dataDir: folder,
    ports: { nats: 0, temporal, temporalUi, temporalHttp, temporalMetrics, postgres: 0 },
    namespace: 'default',
    searchPath: environment()['PATH'],
    external: { natsUrl: nats.url, databaseUrl: 'postgresql://not.started' },
    ephemeral: true,
    log: () => undefined,
    onUnexpectedExit: (server, detail) => {
      throw new Error(`${server} has ended by itself: ${detail}`);
    },
  });
  try {
    const at = { address: stack.temporalAddress, namespace: 'default' };
    const client = createTemporalClient(at);
    await registerSearchAttributes(client);
    const connection = await connectNats({ url: nats.url, name: 'stage', log: silentLog });
    await provisionStreams(connection, { replicas: 1, maxBytes: STREAM_BYTES });
    const worker = await startJournalWorker(at);
    try {
      const { held, figures } = await play({ nats: { ...nats, connection }, temporal: { client, ...at } });
      say(`${JSON.stringify(figures, undefined, 2)}\n${held ? 'It held' : 'IT DID NOT HOLD'}`);
      say(`after ${Math.round((performance.now() - since) / 1_000)} s`);
      if (!held) process.exitCode = 1;
    } finally {
      await worker.stop();
      await connection.close();
      await client.connection.close();
    }
  } finally {
    await stack.stop();
    await nats.stop();
    await removeFolder(folder);
  }
}

export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
