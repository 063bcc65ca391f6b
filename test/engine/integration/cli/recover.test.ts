// `sagaline recover` on real servers: what one store has lost is delivered, published and started again; nothing is left out.
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { createPublisher } from '../../../../src/adapters/nats';
import type { OutgoingEvent, SagaResult } from '../../../../src/contracts';
import { CORRELATION_ID } from '../../../../src/contracts';
import { quietRuntime } from '../../../../src/testing';
import type { TestCli } from '../../../support/cli';
import { testCli } from '../../../support/cli';
import { recorder, startConsumer } from '../../../support/consumers';
import type { TestDatabase } from '../../../support/database';
import { createTestDatabase } from '../../../support/database';
import { createTestNamespace } from '../../../support/namespace';
import type { TestNats } from '../../../support/nats';
import { startTestNats } from '../../../support/nats';
import { newKey, pingEvent, pongEvent } from '../../../support/ping/events';
import { PING_QUEUE } from '../../../support/ping/names';
import { prepared } from '../../../support/setup/handover';
import { until } from '../../../support/until';

jest.setTimeout(60_000);

/** The name of the bridges' group, unless a setting names another. */
const GROUP = 'bridge';
/** Of `--margin`, which is at least one second. */
const MARGIN_MS = 1_000;
/** Of `--behind`, as well. */
const BEHIND_MS = 1_000;

let nats: TestNats;
let database: TestDatabase;
let temporal: Client;
let cli: TestCli;
let publish: (event: OutgoingEvent) => Promise<{ readonly sequence: number }>;

beforeAll(async () => {
  const [own, namespace, tables] = await Promise.all([
    startTestNats(),
    createTestNamespace(),
    createTestDatabase(),
  ]);
  [nats, temporal, database] = [own, namespace.client, tables];
  publish = createPublisher(nats.connection.jetstream());
  cli = testCli({
    NATS_URL: nats.url,
    TEMPORAL_ADDRESS: namespace.address,
    TEMPORAL_NAMESPACE: namespace.namespace,
    DATABASE_URL: database.url,
  });
});
afterAll(async () => {
  await Promise.all([nats.stop(), temporal.connection.close(), database.end()]);
});

const recover = (at: Date, ...args: string[]) => {
  const moment = at.toISOString();
  const moments = ['--database', moment, '--streams', moment, '--workflows', moment];
  return cli(
    'recover',
    ...moments,
    '--margin',
    '1s',
    '--behind',
    '1s',
    '--why',
    'a test',
    '-o',
    'json',
    ...args,
  );
};
/** A moment, such that what was before is more than the margin before it. */
const aMoment = async () => {
  await sleep(MARGIN_MS + BEHIND_MS + 200);
  return new Date();
};

async function read(act: (settled: ReturnType<typeof recorder>) => Promise<void>): Promise<number[]> {
  const recording = recorder();
  const consumer = await startConsumer({ url: nats.url, name: GROUP, handle: recording.handle });
  try {
    await act(recording);
  } finally {
    await consumer.stop();
  }
  return recording.sequences();
}

test('events since the moment are delivered again, older ones are not, and none that was never read is left out', async () => {
  let before = 0;
  let since = 0;
  let moment = new Date();
  await read(async ({ settled }) => {
    ({ sequence: before } = await publish(pingEvent(newKey())));
    moment = await aMoment();
    ({ sequence: since } = await publish(pingEvent(newKey())));
    await until('both are read', () => settled.length === 2);
  });
  const { sequence: unread } = await publish(pingEvent(newKey()));

  const plan = await recover(moment, '--dry-run');
  expect([plan.code, plan.json()]).toMatchObject([
    0,
    { dryRun: true, events: { consumers: 1, first: since, last: unread } },
  ]);
  const later = await recover(await aMoment());
  expect(later.json()).toMatchObject({ events: { consumers: 0, first: unread + 1 } });
  const done = await recover(moment);
  expect([done.code, done.json()]).toMatchObject([0, { dryRun: false, events: { consumers: 1 } }]);

  const again = await read(({ settled }) =>
    until('both are read', () => settled.length >= 2).then(() => undefined),
  );
  expect(new Set(again)).toEqual(new Set([since, unread]));
  expect(again).not.toContain(before);
});

test('positions of batch subscriptions beyond the end of an older stream go back to it', async () => {
  const { sequence: last } = await publish(pingEvent(newKey()));
  await database.database.query(
    `insert into sagaline.subscription_lanes (subscription, lane, sequence) values ('counts', 0, $1), ('counts', 1, $2)`,
    [last + 200, last - 1],
  );
  const positions = async () =>
    (
      await database.database.query<{ sequence: number }>(
        `select sequence::int from sagaline.subscription_lanes where subscription = 'counts' order by lane`,
      )
    ).map(({ sequence }) => sequence);
  const moment = await aMoment();
  expect((await recover(moment, '--dry-run')).json()).toMatchObject({ lanes: 1 });
  expect(await positions()).toEqual([last + 200, last - 1]);
  expect((await recover(moment)).json()).toMatchObject({ lanes: 1 });
  expect(await positions()).toEqual([last, last - 1]);
});

test('a stream that was lost without a backup has nothing to deliver again, and keeps its consumers', async () => {
  const manager = await nats.connection.jetstreamManager();
  const { config } = await manager.streams.info('EVENTS');
  await manager.streams.delete('EVENTS');
  await manager.streams.add(config);
  await read(() => Promise.resolve());
  const done = await recover(new Date());
  expect([done.code, done.json()]).toMatchObject([0, { events: { consumers: 0 } }]);
  await expect(manager.consumers.info('EVENTS', `${GROUP}-00`)).resolves.toBeDefined();
});

test('is refused while a bridge reads, and for moments that cannot be', async () => {
  await read(async () => {
    const manager = await nats.connection.jetstreamManager();
    await until(
      'it waits for an event',
      async () => (await manager.consumers.info('EVENTS', `${GROUP}-00`)).num_waiting > 0,
    );
    const said = await recover(new Date());
    expect([said.code, said.out, said.problem()['code']]).toEqual([1, '', 'still-running']);
    expect(said.problem()['message']).toContain('as bridge: stop all bridges');
  });
  const local = await cli(
    'recover',
    ...['--database', '2026-01-31T12:00', '--streams', '10m', '--workflows', '10m', '--why', 'a test'],
  );
  expect([local.code, local.error]).toEqual([2, expect.stringContaining('no time zone')]);
  const future = await recover(new Date(Date.now() + 60_000));
  expect([future.code, future.error]).toEqual([2, expect.stringContaining('It is in the future')]);
  const without = await cli('recover', '--why', 'a test');
  expect([without.code, without.error]).toEqual([2, expect.stringContaining('--database <moment>')]);
});

test('outbox rows that were published since the moment are published again', async () => {
  const insert = `insert into sagaline.outbox (entity, event_id, source, subject, body, published_at)
    values ('ping/1', $1, '/test', 'evt.ping.pinged.v1.1', '', $2)`;
  const moment = await aMoment();
  await database.database.query(insert, ['old', new Date(moment.getTime() - 60_000)]);
  await database.database.query(insert, ['new', moment]);
  const waiting = async () =>
    (
      await database.database.query<{ event_id: string }>(
        'select event_id from sagaline.outbox where published_at is null',
      )
    ).map(({ event_id }) => event_id);

  expect((await recover(moment, '--dry-run')).json()).toMatchObject({ outbox: 1 });
  expect(await waiting()).toEqual([]);
  expect((await recover(moment)).json()).toMatchObject({ outbox: 1 });
  expect(await waiting()).toEqual(['new']);
});

describe('workflows whose effects since the moment are lost', () => {
  let worker: { readonly stop: () => Promise<void> };
  const startWorker = async () => {
    quietRuntime();
    const connection = await NativeConnection.connect({ address: prepared('servers').temporalAddress });
    const made = await Worker.create({
      connection,
      namespace: temporal.options.namespace,
      taskQueue: PING_QUEUE,
      workflowBundle: { code: await readFile(prepared('bundles').ping, 'utf8') },
    });
    const running = made.run();
    worker = {
      stop: async () => {
        made.shutdown();
        await running;
        await connection.close();
      },
    };
  };
  const signalled = async (key: string, ...events: OutgoingEvent[]) => {
    const handle = await temporal.workflow.start('ping', {
      workflowId: `ping-${key}`,
      taskQueue: PING_QUEUE,
      args: [{ key }],
      typedSearchAttributes: [{ key: CORRELATION_ID, value: key }],
    });
    for (const { body } of events) {
      const event = JSON.parse(new TextDecoder().decode(body)) as { type: string };
      await handle.signal(event.type, { ...event, key });
    }
    return handle;
  };
  const latest = (key: string) => temporal.workflow.getHandle(`ping-${key}`);
  const listed = (count: number) =>
    until(
      'all are in the list',
      async () => (await temporal.workflow.count('WorkflowType = "ping"')).count >= count,
    );

  test('start again with their signals, also after their end; a terminated one and an older one stay as they are', async () => {
    const [old, ended, open, terminated] = [newKey(), newKey(), newKey(), newKey()];
    await startWorker();
    const first = await signalled(old, pongEvent(old));
    await first.result();
    const moment = await aMoment();
    const second = await signalled(ended, pingEvent(ended), pongEvent(ended));
    expect(((await second.result()) as SagaResult).state).toBe('ponged after 1');
    const third = await signalled(open, pingEvent(open));
    await until('its first task is done', async () => ((await third.fetchHistory()).events ?? []).length > 4);
    const fourth = await signalled(terminated);
    await until(
      'its first task is done',
      async () => ((await fourth.fetchHistory()).events ?? []).length > 3,
    );
    await fourth.terminate();
    await worker.stop();
    await listed(4);

    const said = await recover(moment);
    expect([said.code, said.json()]).toMatchObject([
      0,
      { workflows: { workflows: 2, batchers: 0, earlierRuns: [] } },
    ]);
    expect((await latest(old).describe()).runId).toBe(first.firstExecutionRunId);
    expect((await latest(terminated).describe()).status.name).toBe('TERMINATED');
    expect((await latest(open).describe()).runId).not.toBe(third.firstExecutionRunId);

    const repeated = await recover(moment);
    expect(repeated.json()).toMatchObject({ workflows: { workflows: 2, earlierRuns: [] } });

    await startWorker();
    expect(((await latest(ended).result()) as SagaResult).state).toBe('ponged after 1');
    expect((await latest(ended).describe()).runId).not.toBe(second.firstExecutionRunId);
    const event = JSON.parse(new TextDecoder().decode(pongEvent(open).body)) as { type: string };
    await latest(open).signal(event.type, { ...event, key: open });
    expect(((await latest(open).result()) as SagaResult).state).toBe('ponged after 1');
    await worker.stop();
  });
});
