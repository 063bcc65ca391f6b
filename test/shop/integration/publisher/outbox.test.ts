// The outbox of a producer with a database of its own: an event goes out if and only if its transaction has committed.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import type { FastifyInstance } from 'fastify';
import type { AddressInfo } from 'node:net';
import { createPublisher } from '../../../../src/adapters/nats';
import { startOutboxRelay, writeToOutbox } from '../../../../src/publisher';
import type { Relay } from '../../../../src/relay';
import { gatewayUnderTest } from '../../unit/gateway/gateway-under-test';
import type { TestNats } from '../../../support/nats';
import { startTestNats } from '../../../support/nats';
import { pinged } from '../../../support/ping/domain';
import { FROM_SOURCES } from '../../../support/quick-start';
import { prepared } from '../../../support/setup/handover';
import { until } from '../../../support/until';
import { storedEvents } from '../../../support/relay-under-test';

let nats: TestNats;
let gateway: FastifyInstance;
let url: string;
let client: Client;
let relays: Relay[] = [];

beforeAll(async () => {
  nats = await startTestNats();
  gateway = gatewayUnderTest({ publish: createPublisher(nats.connection.jetstream()) }).app;
  await gateway.listen({ port: 0, host: '127.0.0.1' });
  const { databaseUrl } = prepared('servers');
  const name = `producer_${randomBytes(6).toString('hex')}`;
  const administrator = new Client({ connectionString: databaseUrl.replace(/\/[^/]*$/, '/postgres') });
  await administrator.connect();
  await administrator.query(`create database ${name}`);
  await administrator.end();
  url = databaseUrl.replace(/\/[^/]*$/, `/${name}`);
  // Twice: a producer does so at each start.
  await Promise.all([provisioned(url), provisioned(url)]);
  client = new Client({ connectionString: url });
  await client.connect();
  await client.query('create table orders (id text primary key)');
});
afterEach(async () => {
  await Promise.all(relays.map((relay) => relay.stop()));
  relays = [];
});
afterAll(async () => {
  await client.end();
  await gateway.close();
  await nats.stop();
});

/** In a process of its own: jest loads no packages that are ES modules, as the one for migrations is. */
async function provisioned(directUrl: string): Promise<void> {
  const script = path.resolve(__dirname, '../../../support/provision-outbox.ts');
  await promisify(execFile)(process.execPath, [...FROM_SOURCES, script, directUrl]);
}

async function order(pingId: string, id: string, end: 'commit' | 'rollback' = 'commit'): Promise<void> {
  await client.query('begin');
  await client.query('insert into orders values ($1)', [id]);
  await writeToOutbox(client, pinged, { pingId, urgency: 1 }, { source: '/shop', id });
  await client.query(end);
}
const start = (to: Parameters<typeof startOutboxRelay>[0]['to']) => {
  const relay = startOutboxRelay({ database: url, to });
  relays.push(relay);
  return relay;
};
const waiting = async () =>
  (await client.query('select from sagaline.outbox where published_at is null')).rows.length;
const idsOf = async (entity: string) =>
  (await storedEvents(nats.connection)).filter((event) => event.entity === entity).map(({ id }) => id);

test('straight to NATS: what is committed goes out in its order, once; what is rolled back does not', async () => {
  for (let n = 0; n < 5; n++) await order('by-nats', `nats-${n}`, n === 2 ? 'rollback' : 'commit');
  start({ nats: nats.url });
  // Of two, one is active.
  start({ nats: nats.url });
  await until('the outbox is empty', async () => (await waiting()) === 0);
  expect(await idsOf('by-nats')).toEqual(['nats-0', 'nats-1', 'nats-3', 'nats-4']);
  expect(relays.filter((relay) => relay.active())).toHaveLength(1);
});

test('through the gateway, which need not be there when the transaction commits', async () => {
  const { port } = gateway.server.address() as AddressInfo;
  for (let n = 0; n < 5; n++) await order('by-gateway', `gateway-${n}`);
  start({ gateway: `http://127.0.0.1:${port}` });
  await until('the outbox is empty', async () => (await waiting()) === 0);
  expect(await idsOf('by-gateway')).toEqual([0, 1, 2, 3, 4].map((n) => `gateway-${n}`));
});

test('an event whose identity another one has is set aside, and delays nobody', async () => {
  start({ nats: nats.url });
  await order('conflicting', 'same');
  await until('the outbox is empty', async () => (await waiting()) === 0);
  await client.query('begin');
  await writeToOutbox(client, pinged, { pingId: 'conflicting', urgency: 2 }, { source: '/shop', id: 'same' });
  await client.query('commit');
  await order('conflicting', 'next');
  await until('both are stored', async () => (await idsOf('conflicting')).length === 2);
  expect(await idsOf('conflicting')).toEqual(['same', 'next']);
  const { rows } = await client.query<{ failure: string }>(
    'select failure from sagaline.outbox where set_aside_at is not null',
  );
  expect(rows).toMatchObject([{ failure: expect.stringContaining('has its identity') }]);
});
