// A paused route on real streams, with two bridges: its events wait in order, other partitions go on, nothing is lost.
import { randomUUID } from 'node:crypto';
import type { NatsConnection } from 'nats';
import type { Publish } from '../../../../src/adapters/nats';
import {
  createPublisher,
  createStreamReader,
  EVENTS_STREAM,
  OPERATIONS_STREAM,
} from '../../../../src/adapters/nats';
import { listAuditRecords } from '../../../../src/security/audit';
import type { FollowedPauses } from '../../../../src/switches';
import { followPauses, readPausedRoutes } from '../../../../src/switches';
import type { TestBridge } from '../../../support/bridge';
import { deadLettersIn, startTestBridge } from '../../../support/bridge';
import type { TestCli } from '../../../support/cli';
import { serverSettings, testCli } from '../../../support/cli';
import type { TestDatabase } from '../../../support/database';
import { createTestDatabase } from '../../../support/database';
import { answered, fakeWorkflows } from '../../../support/fakes/bridge';
import { silentLog } from '../../../support/log';
import type { TestNats } from '../../../support/nats';
import { startTestNats } from '../../../support/nats';
import { newKey, pingEvent, pongEvent } from '../../../support/ping/events';
import { switchableProject, twoProcesses } from '../../../support/switches';
import { until } from '../../../support/until';

let nats: TestNats;
let db: TestDatabase;
let cli: TestCli;
let publish: Publish;
let bridges: TestBridge[];
let pauses: FollowedPauses[];
/** How far the bridges' clocks are ahead. */
let ahead = 0;
/** What Temporal has got, as `workflow id: event id`. */
const delivered: string[] = [];

beforeAll(async () => {
  [nats, db] = await Promise.all([startTestNats(), createTestDatabase()]);
  publish = createPublisher(nats.connection.jetstream());
  cli = testCli({ ...serverSettings(nats.url), DATABASE_URL: db.url }, [twoProcesses], undefined, {
    project: () => switchableProject('parcels-of-nobody'),
  });
  const operations = await createStreamReader(nats.connection, OPERATIONS_STREAM);
  pauses = [1, 2].map(() =>
    followPauses({
      ...{ kind: 'route', log: silentLog, everyMs: 50, clock: () => new Date(Date.now() + ahead) },
      read: () => readPausedRoutes(operations),
    }),
  );
  bridges = await Promise.all(
    pauses.map((pausedRoutes) =>
      startTestBridge({
        ...{ url: nats.url, name: 'switched', domain: twoProcesses, pausedRoutes },
        workflows: {
          ...fakeWorkflows(),
          signalWithStart: ({ workflowId }, { id }) => {
            delivered.push(`${workflowId}: ${id}`);
            return Promise.resolve(answered('accepted'));
          },
        },
      }),
    ),
  );
});
afterAll(async () => {
  pauses.forEach((each) => each.stop());
  await Promise.all(bridges.map((bridge) => bridge.stop()));
  await Promise.all([nats.stop(), db.end()]);
});
beforeEach(() => {
  delivered.length = 0;
  ahead = 0;
});

async function partitionOf(connection: NatsConnection, key: string): Promise<string> {
  const manager = await connection.jetstreamManager();
  const { subject } = await manager.streams.getMessage(EVENTS_STREAM, { last_by_subj: `p.*.*.*.*.*.${key}` });
  return subject.split('.')[2] ?? '';
}
const workflowIn = (text: string) => text.split(':')[0] ?? '';
const isHeld = () => bridges.some(({ held }) => held.includes('paused'));
const knownToAll = (because: RegExp | undefined) =>
  until('both bridges know', () =>
    pauses.every((each) => {
      const held = each.heldBecause('ping');
      return because ? because.test(held ?? '') : held === undefined;
    }),
  );
const pausePing = () => cli('switches', 'pause', 'route', 'ping', '--why', 'wrong prices', '--for', '1h');

test('events of a paused route wait in order, each partition with all that is behind them; others go on', async () => {
  expect((await pausePing()).code).toBe(0);
  await knownToAll(/^paused by tester until .*Z: wrong prices$/);
  const key = newKey();
  const ids = Array.from({ length: 5 }, () => randomUUID());
  const behind = randomUUID();
  for (const id of ids) await publish(pingEvent(key, { id }));
  await publish(pongEvent(key, { id: behind }));
  const others = Array.from({ length: 12 }, newKey);
  for (const other of others) await publish(pongEvent(other));

  const partition = await partitionOf(nats.connection, key);
  const partitions = await Promise.all(others.map((other) => partitionOf(nats.connection, other)));
  const elsewhere = others.filter((_, index) => partitions[index] !== partition);
  await until('the first is held', isHeld);
  await until('the other partitions are done', () => delivered.length === elsewhere.length);
  expect(delivered.map(workflowIn).sort()).toEqual(elsewhere.map((other) => `pang-${other}`).sort());

  expect((await cli('switches', 'resume', 'route', 'ping', '--why', 'mended')).code).toBe(0);
  const total = ids.length + 1 + others.length;
  await until('all are delivered', () => delivered.length >= total);
  expect(delivered.filter((each) => each.includes(key))).toEqual([
    ...ids.map((id) => `ping-${key}: ${id}`),
    `pang-${key}: ${behind}`,
  ]);
  expect(new Set(delivered).size).toBe(total);
  expect(await deadLettersIn(nats.connection)).toEqual([]);
  const records = await listAuditRecords(db.database, { target: 'route ping', limit: 9 });
  expect(records.reverse().map(({ actor, kind, action }) => [actor, kind, action])).toEqual([
    ['tester', 'change', 'switch.pause'],
    ['tester', 'outcome', 'switch.pause'],
    ['tester', 'change', 'switch.resume'],
    ['tester', 'outcome', 'switch.resume'],
  ]);
});

test('a pause whose time is over ends by itself, and the events that wait go on in order', async () => {
  expect((await pausePing()).code).toBe(0);
  await knownToAll(/^paused/);
  bridges.forEach(({ held }) => held.splice(0));
  const key = newKey();
  const ids = Array.from({ length: 3 }, () => randomUUID());
  for (const id of ids) await publish(pingEvent(key, { id }));
  await until('the first is held', isHeld);
  expect(delivered).toEqual([]);
  ahead = 2 * 60 * 60_000;
  await until('all are delivered', () => delivered.length >= 3);
  expect(delivered).toEqual(ids.map((id) => `ping-${key}: ${id}`));
});

test('the list shows who, why and until when; a second pause replaces the first; what makes no sense is refused', async () => {
  await pausePing();
  await cli('switches', 'pause', 'route', 'ping', '--why', 'still wrong', '--for', '2h');
  const { switches } = (await cli('switches', '-o', 'json')).json() as {
    switches: { kind: string; name: string; pause?: object }[];
  };
  expect(switches.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
    ...['route pang', 'route ping', 'pool parcels', 'provider carrier'],
  ]);
  expect(switches.filter(({ pause }) => pause)).toMatchObject([
    { name: 'ping', pause: { by: 'tester', why: 'still wrong' } },
  ]);
  const resumed = await cli('switches', 'resume', 'route', 'ping', '-o', 'json');
  expect(resumed.json()).toMatchObject({ resumed: { name: 'ping', why: 'still wrong' } });
  const problems = [
    await cli('switches', 'resume', 'route', 'ping', '-o', 'json'),
    await cli('switches', 'pause', 'route', 'pong', '--why', 'x', '--for', '1h', '-o', 'json'),
    await cli('switches', 'pause', 'route', 'ping', '--why', ' ', '--for', '1h', '-o', 'json'),
    await cli('switches', 'pause', 'route', 'ping', '--why', 'x', '--for', '2d', '-o', 'json'),
  ].map((said) => [said.code, said.problem()['code']]);
  expect(problems).toEqual([
    [1, 'not-paused'],
    [1, 'unknown-switch'],
    [1, 'no-reason'],
    [1, 'invalid-time'],
  ]);
});
