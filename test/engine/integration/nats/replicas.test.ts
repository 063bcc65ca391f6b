// Three NATS servers that are one cluster: what a single server cannot show, because it refuses more than one replica.
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { NatsConnection } from 'nats';
import {
  checkStreams,
  connectNats,
  DEAD_LETTERS_STREAM,
  EVENTS_STREAM,
  OPERATIONS_STREAM,
  OVERFLOW_STREAM,
  provisionConsumers,
  provisionStreams,
} from '../../../../src/adapters/nats';
import { noPatience } from '../../../../src/adapters/nats/connection/patience';
import { environment } from '../../../../src/config';
import { findServer, freePorts } from '../../../../src/dev/stack';
import { startNats } from '../../../../src/dev/stack/nats';
import { startWatchdog } from '../../../../src/dev/stack/watchdog';
import { removeFolder } from '../../../../src/files/remove-folder';
import { silentLog } from '../../../support/log';
import { noRecord } from '../../../support/no-record';
import { until } from '../../../support/until';

const SERVERS = 3;
const BUCKET = 'KV_POISON_DETECTION';
const STREAMS = [EVENTS_STREAM, DEAD_LETTERS_STREAM, OVERFLOW_STREAM, OPERATIONS_STREAM, BUCKET];
const settings = (replicas: number) => ({ replicas, maxBytes: 8 * 1024 * 1024 });

let connection: NatsConnection;
const ends: (() => Promise<void>)[] = [];

beforeAll(async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'sagaline-replicas-'));
  const watchdog = startWatchdog(noRecord);
  ends.push(
    () => removeFolder(folder),
    () => watchdog.close(),
  );
  const all = await freePorts(2 * SERVERS);
  const [ports, routes] = [all.slice(0, SERVERS), all.slice(SERVERS)];
  const started = await Promise.allSettled(
    ports.map((port, at) =>
      startNats({
        ...{ binary: findServer('nats-server', environment()['PATH']), port },
        dataDir: path.join(folder, String(at)),
        cluster: { node: `nats-${at}`, port: routes[at] ?? 0, routes },
        ...{ log: () => undefined, turn: 0, record: noRecord, watchdog, onUnexpectedExit: () => undefined },
      }),
    ),
  );
  for (const server of started) if (server.status === 'fulfilled') ends.push(() => server.value.stop());
  expect(started.filter(({ status }) => status === 'rejected')).toEqual([]);
  connection = await connectNats({ url: `nats://127.0.0.1:${ports[0] ?? 0}`, name: 'test', log: silentLog });
  ends.push(() => connection.close());
});
afterAll(async () => {
  for (const end of ends.reverse()) await end();
});

async function provision(replicas: number): Promise<void> {
  await provisionStreams(connection, settings(replicas));
  await provisionConsumers(connection, [], { replicas, patience: noPatience });
}

/** A stream without a leader for the moment is not in the list. */
async function haveAll(replicas: number): Promise<void> {
  await until(`all streams have ${replicas} replicas`, async () => {
    const manager = await connection.jetstreamManager();
    const streams = await manager.streams.list().next();
    const found = Object.fromEntries(streams.map(({ config }) => [config.name, config.num_replicas]));
    return STREAMS.every((name) => found[name] === replicas);
  });
}

test('the advice for a bucket that is missing has the replicas', async () => {
  await expect(checkStreams(connection, settings(SERVERS), [])).rejects.toThrow(
    'nats kv add POISON_DETECTION --history 1 --ttl 7d --replicas 3',
  );
});

test('provision gives existing streams and the bucket as many replicas as the setting says, and the check tells where it is not so', async () => {
  await provision(1);
  await haveAll(1);

  await expect(checkStreams(connection, settings(SERVERS), [])).rejects.toThrow(
    `stream ${BUCKET}: num_replicas is 1, must be 3`,
  );
  await provision(SERVERS);
  await haveAll(SERVERS);

  await expect(checkStreams(connection, settings(SERVERS), [])).resolves.toBeUndefined();
});
