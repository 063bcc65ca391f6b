// What a NATS account or a disk allows, JetStream under another name, and streams that somebody else has made.
import type { NatsConnection } from 'nats';
import {
  checkStreams,
  connectNats,
  consumeEvents,
  createDeadLetters,
  createFirstPublisher,
  createPublisher,
  createStreamReader,
  createPoisonMarks,
  DEAD_LETTERS_STREAM,
  EVENTS_STREAM,
  isSettled,
  provisionStreams,
  StorageError,
  streamBytesThatFit,
  streamsAreReady,
} from '../../../../src/adapters/nats';
import { NotProvisionedError } from '../../../../src/adapters/nats/streams/check';
import { durableConsumer } from '../../../../src/adapters/nats/consume/consumer';
import { AccountLimitsError } from '../../../../src/adapters/nats/streams/limits';
import type { Delivery } from '../../../../src/delivery';
import { freePorts } from '../../../../src/dev/stack';
import { PARTITIONS } from '../../../../src/contracts';
import { recorder } from '../../../support/consumers';
import { silentLog } from '../../../support/log';
import type { ConfiguredNats } from '../../../support/nats-server';
import { startConfiguredNats } from '../../../support/nats-server';
import { newKey, pingEvent } from '../../../support/ping/events';
import { until } from '../../../support/until';

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;
const SMALL = { replicas: 1, maxBytes: 64 * MIB };
/** As the settings have it by default. */
const DEFAULT = {
  replicas: 1,
  maxBytes: 4 * GIB,
  deadLettersMaxBytes: GIB,
  operationsMaxBytes: 256 * MIB,
};
const ALL_BY_DEFAULT = 5 * GIB + (256 + 64) * MIB;
const GROUPS = [{ name: 'bridge' }, { name: 'sub-order-timeline' }];

const servers: ConfiguredNats[] = [];
const connections: NatsConnection[] = [];
afterEach(async () => {
  await Promise.all(connections.splice(0).map((connection) => connection.close()));
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

async function start(configuration: (storeDir: string) => string): Promise<ConfiguredNats> {
  const server = await startConfiguredNats(configuration);
  servers.push(server);
  return server;
}

async function open(server: ConfiguredNats, settings: { domain?: string; apiPrefix?: string } = {}) {
  const connection = await connectNats({
    ...settings,
    url: server.urlOf('app'),
    name: 'test',
    log: silentLog,
  });
  connections.push(connection);
  return connection;
}

async function streamsIn(connection: NatsConnection): Promise<string[]> {
  return (await connection.jetstreamManager()).streams.names().next();
}

describe('an account that allows too little', () => {
  const withLimits = (limits: string) =>
    start(
      (folder) => `jetstream { store_dir: ${folder}, max_file_store: 20GiB }
        accounts { APP { jetstream { ${limits} }, users: [{ user: app, password: app }] } }`,
    );

  test.each([
    ['max_consumers: 100', { limit: 'max_consumers', needed: 128, allowed: 100 }, SMALL],
    ['max_streams: 3', { limit: 'max_streams', needed: 5, allowed: 3 }, SMALL],
    ['max_file: 150MiB', { limit: 'max_storage', needed: 4 * SMALL.maxBytes, allowed: 150 * MIB }, SMALL],
    ['max_file: 4GiB', { limit: 'max_storage', needed: ALL_BY_DEFAULT, allowed: 4 * GIB }, DEFAULT],
  ])('%s: says what is needed and allowed, and makes nothing', async (limits, shortage, settings) => {
    const connection = await open(await withLimits(limits));
    const error = await provisionStreams(connection, settings, { groups: GROUPS }).catch(
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(AccountLimitsError);
    const { shortages, message } = error as AccountLimitsError;
    expect(shortages).toEqual([expect.objectContaining(shortage)]);
    expect(message).toContain(`Sagaline needs ${shortage.limit === 'max_consumers' ? '128' : ''}`);
    expect(await streamsIn(connection)).toEqual([]);
  });

  test('several limits are told together', async () => {
    const connection = await open(await withLimits('max_consumers: 64, max_streams: 1'));
    const error = await provisionStreams(connection, SMALL, { groups: GROUPS }).catch(
      (reason: unknown) => reason,
    );
    expect((error as AccountLimitsError).shortages.map(({ limit }) => limit)).toEqual([
      'max_streams',
      'max_consumers',
    ]);
  });

  test('one that allows just enough is used, also at the next start', async () => {
    const connection = await open(await withLimits('max_consumers: 128, max_streams: 5, max_file: 256MiB'));
    for (const time of ['first', 'second']) {
      await provisionStreams(connection, SMALL, { groups: GROUPS });
      expect([time, await streamsAreReady(connection)]).toEqual([time, true]);
    }
  });
});

test('a disk with 6 GB free: the error names the stream, the sizes and the setting', async () => {
  // JetStream takes three quarters of what is free.
  const server = await start(
    (folder) => `jetstream { store_dir: ${folder}, max_file_store: 4500MB }
      accounts { APP { jetstream: enabled, users: [{ user: app, password: app }] } }`,
  );
  const connection = await open(server);
  const error = await provisionStreams(connection, DEFAULT).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(StorageError);
  expect(error).toMatchObject({
    stream: DEAD_LETTERS_STREAM,
    neededBytes: GIB,
    altogetherBytes: ALL_BY_DEFAULT,
  });
  expect((error as Error).message).toMatch(/STREAM_MAX_BYTES.*max_file_store.*DATA_DIR/);

  await provisionStreams(connection, {
    ...DEFAULT,
    maxBytes: streamBytesThatFit(4_500_000_000, DEFAULT),
  });
  expect(await streamsAreReady(connection)).toBe(true);
});

describe.each([
  ['a domain', { domain: 'hub' }],
  ['an API prefix', { apiPrefix: '$JS.hub.API' }],
])('JetStream of a hub, reached through a leaf node by %s', (_, settings) => {
  test('streams, consumers, publishing, reading and marking work', async () => {
    const [leafPort = 0] = await freePorts(1);
    await start(
      (folder) => `jetstream { store_dir: ${folder}, domain: hub }
        server_name: hub
        leafnodes { listen: "127.0.0.1:${leafPort}" }
        accounts { APP { jetstream: enabled, users: [{ user: app, password: app }] } }`,
    );
    // It has no JetStream: nobody answers on $JS.API here.
    const server = await start(
      () => `server_name: leaf
        leafnodes { remotes: [{ url: "nats://app:app@127.0.0.1:${leafPort}", account: APP }] }
        accounts { APP { users: [{ user: app, password: app }] } }`,
    );
    const connection = await open(server, settings);
    await provisionStreams(connection, SMALL, { groups: GROUPS });
    expect(await streamsAreReady(connection)).toBe(true);

    const jetstream = connection.jetstream();
    const reader = await createStreamReader(connection, EVENTS_STREAM);
    const receipt = await createPublisher(jetstream)(pingEvent(newKey()));
    const first = await createFirstPublisher(jetstream, reader)(pingEvent(newKey()), () => true);
    expect(first.kind).toBe('published');
    const { settled, handle } = recorder();
    let delivered: Delivery | undefined;
    const consumption = await consumeEvents(connection, {
      name: 'bridge',
      log: silentLog,
      handle: async (delivery) => {
        delivered = delivery;
        await handle(delivery);
      },
    });
    await until('both events are settled', () => settled.length === 2);
    expect(delivered?.stream).toBe(EVENTS_STREAM);
    await until('the server knows it', () => isSettled(connection, 'bridge', receipt.sequence));
    await consumption.stop();

    const poisonMarks = createPoisonMarks(jetstream, { replicas: 1 });
    await poisonMarks.mark({ stream: EVENTS_STREAM, sequence: 1 }, 2);
    expect(await poisonMarks.crashesOf({ stream: EVENTS_STREAM, sequence: 1 })).toBe(2);
    if (!delivered) throw new Error('nothing was delivered');
    const rejection = { reason: 'invalid-data', detail: 'as the test wants it' } as const;
    await createDeadLetters(jetstream, () => new Date()).publish({ delivery: delivered, rejection });
    const deadLetters = await createStreamReader(connection, DEAD_LETTERS_STREAM);
    expect((await deadLetters.bounds()).last).toBe(1);
  });
});

describe('streams and consumers that others make', () => {
  const plain = () =>
    start(
      (folder) => `jetstream { store_dir: ${folder} }
        accounts { APP { jetstream: enabled, users: [{ user: app, password: app }] } }`,
    );
  const groups = [{ name: 'bridge' }];
  const problemsOf = (connection: NatsConnection) =>
    checkStreams(connection, SMALL, groups).then(
      () => [] as readonly string[],
      (error: unknown) => (error as NotProvisionedError).problems,
    );
  /** What an operator would make, from what the check has printed. */
  async function makeAll(connection: NatsConnection) {
    await provisionStreams(connection, SMALL);
    const manager = await connection.jetstreamManager();
    await connection.jetstream().views.kv('POISON_DETECTION', { history: 1 });
    for (let number = 0; number < PARTITIONS; number++) {
      const config = durableConsumer({ name: 'bridge' }, { number, settled: 0 });
      await manager.consumers.add(EVENTS_STREAM, config);
    }
    return manager;
  }

  test('what is missing is printed with the settings to make it with, and nothing is made', async () => {
    const connection = await open(await plain());
    await expect(checkStreams(connection, SMALL, groups)).rejects.toBeInstanceOf(NotProvisionedError);
    const problems = await problemsOf(connection);
    expect(problems.map((problem) => problem.split(': ')[0])).toEqual([
      'stream EVENTS is missing',
      'stream DEAD_LETTERS is missing',
      'stream DEAD_LETTERS_OVERFLOW is missing',
      'stream OPERATIONS is missing',
      'stream KV_POISON_DETECTION is missing',
      'consumers of EVENTS are missing',
    ]);
    expect(problems[0]).toContain('"dest":"p.{{partition(8,4)}}.{{partition(64,4)}}');
    expect(problems[5]).toContain('bridge-00, bridge-01');
    expect(await streamsIn(connection)).toEqual([]);
  });

  test('what fits passes, and what differs is printed field by field', async () => {
    const connection = await open(await plain());
    const manager = await makeAll(connection);
    expect(await problemsOf(connection)).toEqual([]);

    await manager.consumers.update(EVENTS_STREAM, 'bridge-07', { max_ack_pending: 5 });
    await manager.streams.update(DEAD_LETTERS_STREAM, { max_age: 3_600_000_000_000 });
    expect(await problemsOf(connection)).toEqual([
      'stream DEAD_LETTERS: max_age is 3600000000000, must be 0',
      'consumer bridge-07: max_ack_pending is 5, must be 1',
    ]);
  });

  test('a role uses them, and neither makes nor changes one', async () => {
    const connection = await open(await plain());
    await provisionStreams(connection, SMALL);
    const options = { name: 'bridge', log: silentLog, provision: 'check' as const };
    const { settled, handle } = recorder();
    await expect(consumeEvents(connection, { ...options, handle })).rejects.toThrow('consumer not found');
    const manager = await connection.jetstreamManager();
    expect(await manager.consumers.list(EVENTS_STREAM).next()).toEqual([]);

    await makeAll(connection);
    const consumption = await consumeEvents(connection, { ...options, handle });
    await createPublisher(connection.jetstream())(pingEvent(newKey()));
    await until('the event is settled', () => settled.length === 1);
    await consumption.stop();

    await manager.consumers.update(EVENTS_STREAM, 'bridge-07', { max_ack_pending: 5 });
    await expect(consumeEvents(connection, { ...options, handle })).rejects.toMatchObject({
      consumer: 'bridge-07',
      differences: ['max_ack_pending is 5, must be 1'],
    });
    const { config } = await manager.consumers.info(EVENTS_STREAM, 'bridge-07');
    expect(config.max_ack_pending).toBe(5);
  });
});
