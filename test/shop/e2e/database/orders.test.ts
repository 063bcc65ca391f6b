// The shop does its work with each process as its own role of PostgreSQL, over TLS: the local stack on a server of its own.
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ownStackSettings } from '../../../../demo/local-settings';
import { newOrderId, orderOf, submissionOf } from '../../../../demo/orders';
import { plainOrders } from '../../../../demo/plain-orders';
import type { Shop } from '../../../../demo/shop';
import { compensationsOf, effectsOf, endOf, openedOrder, openShop } from '../../../../demo/shop';
import { loadApp } from '../../../../src/runtime/load';
import type { Local } from '../../../../src/runtime/local';
import { startLocal } from '../../../../src/runtime/local';
import { testCli } from '../../../support/cli';
import type { SecuredPostgres } from '../../../support/secured-postgres';
import { startSecuredPostgres } from '../../../support/secured-postgres';
import { sql } from '../../../support/stack';
import { until } from '../../../support/until';

const app = loadApp();
const ROLES = ['relay', 'subscriber', ...Object.keys(app.pools).map((pool) => `worker:${pool}`)];

jest.setTimeout(180_000);

let folder: string;
let postgres: SecuredPostgres;
let local: Local;
let shop: Shop;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'sagaline-roles-'));
  postgres = await startSecuredPostgres(app);
  const owner = await postgres.urlOf('owner');
  const own = new Map(
    await Promise.all(ROLES.map(async (role) => [role, await postgres.settings(role)] as const)),
  );
  local = await startLocal({
    app,
    settings: { ...(await ownStackSettings(folder)), DATABASE_URL: owner, RECONCILE_EVERY_MS: '3000' },
    // As in production: the process knows its own address, if any, and not the owner's.
    settingsOf: (process) => ({ DATABASE_URL: '', ...own.get(process) }),
    log: () => undefined,
  });
  shop = await openShop(local, { patience: 2 });
});
afterAll(async () => {
  await shop.close();
  await local.stop();
  await postgres.stop();
  await rm(folder, { recursive: true });
});

test('orders are completed, refused and compensated', async () => {
  const orders = plainOrders.slice(0, 4);
  await Promise.all(
    orders.map(async ({ name, changes, expected }) => {
      const orderId = newOrderId(name);
      await shop.publish(submissionOf(orderOf(orderId, changes)));
      const opened = await openedOrder(shop, orderId);
      expect([name, await endOf(shop, opened)]).toEqual([name, expected.state]);
      expect([name, await effectsOf(shop, orderId)]).toEqual([name, expected.effects]);
      expect([name, await compensationsOf(shop, opened)]).toEqual([name, expected.compensations]);
    }),
  );
});

test('the subscriber writes its history, and the relay empties the outbox', async () => {
  const one = async (query: string) => (await shop.database.query<{ n: number }>(query))[0]?.n ?? 0;
  await until(
    'there is a history',
    async () => (await one('select count(*)::int as n from orders.timeline')) > 4,
  );
  await until(
    'everything is published',
    async () =>
      (await one('select count(*)::int as n from sagaline.outbox where published_at is null')) === 0,
  );
});

test('each process has connections as its own role, encrypted, and no other', async () => {
  const rows = (await sql(
    postgres.adminUrl,
    `select distinct usename, ssl from pg_stat_activity join pg_stat_ssl using (pid)
      where datname = current_database() and application_name like 'sagaline-%'`,
  )) as { usename: string; ssl: boolean }[];
  expect(rows.length).toBeGreaterThan(0);
  for (const { usename, ssl } of rows)
    expect([usename, ssl]).toEqual([expect.stringMatching(/^sagaline_(relay|subscriber|worker_\w+)$/), true]);
});

test('the operator’s role is enough for the command line', async () => {
  const cli = testCli(
    {
      NATS_URL: local.config.NATS_URL,
      TEMPORAL_ADDRESS: local.config.TEMPORAL_ADDRESS,
      ...(await postgres.settings('operator')),
    },
    app.domains,
    app.subscriptions,
  );
  expect(await cli('outbox', 'list', '--all')).toMatchObject({ code: 0 });
  expect(await cli('subscriptions', 'rebuild', 'order-timeline')).toMatchObject({
    code: 0,
  });
});

test('nobody was refused anything', async () => {
  for (const name of await readdir(local.logFolder))
    expect([name, await readFile(path.join(local.logFolder, name), 'utf8')]).toEqual([
      name,
      expect.not.stringMatching(/permission denied|42501/),
    ]);
});
