// The shop does its work with each process as its own role of PostgreSQL, over TLS: the local stack on a server of its own.
import { newOrderId, orderOf, submissionOf } from '../../../../demo/orders';
import { reconciliation } from '../../../../domains/shop/workflows';
import { plainOrders } from '../../../../demo/plain-orders';
import type { Shop } from '../../../../demo/shop';
import { compensationsOf, effectsOf, endOf, openedOrder, openShop } from '../../../../demo/shop';
import { appConfig } from '../../../../src/runtime/config';
import { loadApp } from '../../../../src/runtime/load';
import type { Local } from '../../../../src/runtime/local';
import { testCli } from '../../../support/cli';
import type { SecuredPostgres } from '../../../support/secured-postgres';
import { startSecuredPostgres } from '../../../support/secured-postgres';
import { sql } from '../../../support/stack';
import { until } from '../../../support/until';
import type { RoleProcess, ShopProcesses } from '../../support/shop-processes';
import { startShopProcesses } from '../../support/shop-processes';

const app = loadApp();
const ROLES = ['relay', 'subscriber', ...Object.keys(app.pools).map((pool) => `worker:${pool}`)];

jest.setTimeout(180_000);

let postgres: SecuredPostgres;
let processes: ShopProcesses;
let running: RoleProcess[];
let shop: Shop;
beforeAll(async () => {
  postgres = await startSecuredPostgres(app);
  const owner = await postgres.urlOf('owner');
  processes = await startShopProcesses({ DATABASE_URL: owner, RECONCILE_EVERY_MS: '3000' });
  // As in production: a process knows its own address, if any, and not the owner's.
  running = await Promise.all([
    ...['providers', 'gateway', 'bridge'].map((role) => processes.start(role, { DATABASE_URL: '' })),
    ...ROLES.map(async (role) =>
      processes.start(role, { DATABASE_URL: '', ...(await postgres.settings(role)) }),
    ),
  ]);
  const config = appConfig(app, [], processes.settings);
  shop = await openShop({ config, temporalUiUrl: '' } as Local, { patience: 2 });
});
afterAll(async () => {
  await shop.close();
  await processes.stop();
  await postgres.stop();
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
      NATS_URL: shop.local.config.NATS_URL,
      TEMPORAL_ADDRESS: shop.local.config.TEMPORAL_ADDRESS,
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

test('the reconciliation reads the books of all, and nobody was refused anything', async () => {
  const checked = `WorkflowType = '${reconciliation.check.name}' and ExecutionStatus = 'Completed'`;
  await until('it has run', async () => (await shop.temporal.workflow.count(checked)).count > 0);
  const logs = await Promise.all(running.map((role) => role.log()));
  for (const log of logs) expect(log).not.toMatch(/permission denied|42501/);
});
