// Several processes provision at once, as those of one rolling deploy do: all succeed, and each migration runs once.
import { startTestNats } from '../../../support/nats';
import type { TestNats } from '../../../support/nats';
import { createTestNamespace } from '../../../support/namespace';
import type { Roles } from '../../../support/roles';
import { DEVICE_ALERTS, rolesWith } from '../../../support/roles';
import { prepared } from '../../../support/setup/handover';
import { sql } from '../../../support/stack';

const PROCESSES = 5;

jest.setTimeout(90_000);

let nats: TestNats;
let temporal: Awaited<ReturnType<typeof createTestNamespace>>;
let roles: Roles;
let url: string;

beforeAll(async () => {
  [nats, temporal] = await Promise.all([startTestNats({ provisioned: false }), createTestNamespace()]);
  const shared = prepared('servers').databaseUrl;
  const name = `empty_${Math.random().toString(36).slice(2)}`;
  await sql(shared.replace(/\/[^/]*$/, '/postgres'), `create database ${name}`);
  url = shared.replace(/\/[^/]*$/, `/${name}`);
  const settings = {
    NATS_URL: nats.url,
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
    DATABASE_URL: url,
    STREAM_MAX_BYTES: String(64 * 1024 * 1024),
  };
  roles = rolesWith(settings, { project: DEVICE_ALERTS });
});
afterAll(async () => {
  await roles.stop();
  await temporal.client.connection.close();
  await nats.stop();
});

test('five provisions of an empty database in parallel', async () => {
  const processes = await Promise.all(Array.from({ length: PROCESSES }, () => roles.launch('provision')));
  const ends = await Promise.all(processes.map(async ({ ended }) => (await ended).code));
  const said = processes.filter((_, index) => ends[index] !== 0).map((process) => process.output());
  expect(said).toEqual([]);
  const twice = `select name from (
    select name from sagaline.migrations_effects union all select name from sagaline.migrations_devices
  ) as applied group by name having count(*) > 1`;
  expect(await sql(url, twice)).toEqual([]);
  expect(await sql(url, 'select from sagaline.outbox')).toEqual([]);
});
