// A paused provider in PostgreSQL, as operators set it and workers read it.
import type { TestCli } from '../../../support/cli';
import { serverSettings, testCli } from '../../../support/cli';
import type { TestDatabase } from '../../../support/database';
import { createTestDatabase } from '../../../support/database';
import { switchableProject, twoProcesses } from '../../../support/switches';
import type { FollowedPauses } from '../../../../src/switches';
import { createProviderStore, followPauses } from '../../../../src/switches';
import { silentLog } from '../../../support/log';
import { until } from '../../../support/until';

let db: TestDatabase;
let cli: TestCli;
let pauses: FollowedPauses;

beforeAll(async () => {
  db = await createTestDatabase();
  const settings = { ...serverSettings('nats://127.0.0.1:9'), DATABASE_URL: db.url };
  cli = testCli(settings, [twoProcesses], undefined, { project: () => switchableProject('parcels') });
  const store = createProviderStore(db.database);
  pauses = followPauses({
    ...{ kind: 'provider', log: silentLog, everyMs: 20, clock: () => new Date() },
    read: () => store.list(),
  });
});
afterAll(async () => {
  pauses.stop();
  await db.end();
});

test('a worker learns of a pause, of one that replaces it, and of its end, while NATS is away', async () => {
  const because = (words: RegExp) =>
    until('the worker knows', () => words.test(pauses.heldBecause('carrier') ?? 'it goes on'));
  await because(/^it goes on$/);
  const pause = (why: string) =>
    cli('switches', 'pause', 'provider', 'carrier', '--why', why, '--for', '30m', '-o', 'json');
  const first = await pause('they ask for it');
  expect(first.json()).toMatchObject({
    pause: { kind: 'provider', name: 'carrier', by: 'tester', why: 'they ask for it' },
  });
  await because(/^paused by tester until .*: they ask for it$/);
  await pause('it is broken');
  await because(/: it is broken$/);
  expect((await cli('switches', 'resume', 'provider', 'carrier')).code).toBe(0);
  await because(/^it goes on$/);
});

test('a kind whose server is away is named, and the others are listed', async () => {
  const listed = await cli('switches', 'list', '-o', 'json');
  const { switches, unknown } = listed.json() as { switches: object[]; unknown: object[] };
  expect(listed.code).toBe(1);
  expect(switches).toMatchObject([
    { kind: 'pool', name: 'parcels' },
    { kind: 'provider', name: 'carrier' },
  ]);
  expect(unknown).toMatchObject([{ kind: 'route', error: expect.stringContaining('NATS') as string }]);
});
