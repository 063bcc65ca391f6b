// The roles of a deployment with a payload codec: what the bridge and the gateway hand to Temporal is encoded, and what they and
// the relay read is decoded.
import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { newOrderId, orderOf, submissionOf } from '../../../../demo/orders';
import { shop } from '../../../../domains/shop';
import { sandboxPresets } from '../../../../domains/shop/sandbox/role';
import { createRegistry } from '../../../../src/adapters/prometheus';
import { createPlainClient, createTemporalClient, dataConverterOf } from '../../../../src/adapters/temporal';
import { CORRELATION_ID, createCatalogue } from '../../../../src/contracts';
import { freePorts } from '../../../../src/dev/stack';
import type { LoadedApp } from '../../../../src/runtime/app';
import { appConfig } from '../../../../src/runtime/config';
import type { RunningRole } from '../../../../src/runtime/role';
import { providersOf, rolesOf } from '../../../../src/runtime/roles';
import type { TestDatabase } from '../../../support/database';
import { createTestDatabase } from '../../../support/database';
import { silentLog } from '../../../support/log';
import { createTestNamespace } from '../../../support/namespace';
import type { TestNats } from '../../../support/nats';
import { startTestNats } from '../../../support/nats';
import { payloadSecrets } from '../../../support/payload-keys';
import { driveOrder } from '../../support/order/driver';
import type { ShopWorkers } from '../../support/order/environment';
import { startShopWorkers } from '../../support/order/environment';
import { prepared } from '../../../support/setup/handover';
import { storedTexts } from '../../../support/stored-texts';
import { until } from '../../../support/until';
import { settingsOf } from './settings';

jest.setTimeout(90_000);

/** In the opening event, and in nothing that the codec does not reach. */
const SECRET = 'tok_secret-of-the-customer';
const LONG_AGO_DAYS = 200;

const secrets = payloadSecrets();
const app: LoadedApp = {
  root: process.cwd(),
  domains: [shop],
  pools: {},
  dev: { presets: sandboxPresets },
};

let nats: TestNats;
let db: TestDatabase;
let plain: Client;
let encrypted: Client;
let connection: NativeConnection;
let workers: ShopWorkers;
let settings: Record<string, string>;
let gatewayUrl: string;
const running: RunningRole[] = [];

beforeAll(async () => {
  const [at, server, database, [port = 0]] = await Promise.all([
    createTestNamespace(),
    startTestNats(),
    createTestDatabase(),
    freePorts(1),
  ]);
  [nats, db, plain] = [server, database, at.client];
  const { address, namespace } = at;
  const sealing = settingsOf({ address, namespace }, secrets);
  encrypted = createPlainClient(sealing);
  connection = await NativeConnection.connect({ address });
  workers = await startShopWorkers({
    connection,
    namespace,
    dataConverter: dataConverterOf(sealing),
  });
  gatewayUrl = `http://127.0.0.1:${port}`;
  settings = {
    NATS_URL: nats.url,
    TEMPORAL_ADDRESS: prepared('servers').temporalAddress,
    TEMPORAL_NAMESPACE: namespace,
    DATABASE_URL: db.url,
    GATEWAY_PORT: String(port),
    ...secrets,
  };
});
afterAll(async () => {
  await Promise.all(running.map((role) => role.stop()));
  await workers.stop();
  await Promise.all([
    nats.stop(),
    db.end(),
    connection.close(),
    plain.connection.close(),
    encrypted.connection.close(),
  ]);
});

async function start(name: string): Promise<void> {
  const catalogue = createCatalogue(app.domains);
  const config = appConfig(app, providersOf(app, name), settings);
  const role = rolesOf(app)[name];
  if (!role) throw new Error(`there is no role ${name}`);
  const started = await role({ app, config, catalogue, registry: createRegistry(name), log: silentLog });
  started.failed?.catch(() => undefined);
  running.push(started);
}

/** All that the server has stored of a workflow, as one text. */
async function storedOf(orderId: string): Promise<string> {
  return storedTexts(await plain.workflow.getHandle(`order-${orderId}`).fetchHistory());
}

test('the gateway’s request–reply endpoint sends no plain text to Temporal, and reads the answer', async () => {
  await start('gateway');
  const order = orderOf(newOrderId('sealed'), { paymentToken: SECRET });
  const answered = await fetch(`${gatewayUrl}/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(order),
  });
  expect([answered.status, await answered.json()]).toMatchObject([201, { id: order.orderId }]);
  const stored = await storedOf(order.orderId);
  expect(stored).toContain('binary/encrypted');
  expect(stored).not.toContain(SECRET);
});

test('the bridge sends no plain text to Temporal, and its events are read by the workflow', async () => {
  await start('bridge');
  const order = orderOf(newOrderId('sealed'), { paymentToken: SECRET });
  const { subject, body } = submissionOf(order);
  await nats.connection.jetstream().publish(subject, body);
  await until('the order is open', () =>
    encrypted.workflow
      .getHandle(`order-${order.orderId}`)
      .describe()
      .catch(() => undefined),
  );
  await driveOrder(encrypted, order.orderId, workers.shop).untilState('awaiting-dispatch');
  const stored = await storedOf(order.orderId);
  expect(stored).toContain('binary/encrypted');
  expect(stored).not.toContain(SECRET);
});

test('the relay’s housekeeping reads what Temporal lists, encoded memos included', async () => {
  const [known, unknown] = [`known-${randomUUID()}`, `unknown-${randomUUID()}`];
  const at = {
    address: prepared('servers').temporalAddress,
    namespace: settings['TEMPORAL_NAMESPACE'] ?? '',
  };
  const client = createTemporalClient(settingsOf(at, secrets));
  const handle = await client.workflow.start('order', {
    workflowId: `order-${known}`,
    taskQueue: 'nobody-polls-it',
    memo: { customer: SECRET },
    typedSearchAttributes: [{ key: CORRELATION_ID, value: known }],
  });
  await until('the list has it', async () => {
    const { count } = await plain.workflow.count(`${CORRELATION_ID.name} = '${known}'`);
    return count > 0;
  });
  await db.database.query(
    `insert into sagaline.effects (key, state, updated_at)
     select key || ':step:0', 'done', now() - make_interval(days => $2) from unnest($1::text[]) as key`,
    [[known, unknown], LONG_AGO_DAYS],
  );
  await start('relay');
  const left = async () => {
    const rows = await db.database.query<{ key: string }>('select key from sagaline.effects');
    return rows.map(({ key: row }) => row);
  };
  await until('housekeeping', async () => !(await left()).includes(`${unknown}:step:0`));
  expect(await left()).toEqual([`${known}:step:0`]);
  await handle.terminate();
  await client.connection.close();
});
