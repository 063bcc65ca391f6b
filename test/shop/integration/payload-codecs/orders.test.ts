// Orders whose payloads are encrypted: they run, replay, and are read by the command line; the server has no plain text of them.
import { randomBytes, randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { shop } from '../../../../domains/shop';
import {
  createPlainClient,
  createSingleAttemptClient,
  createTemporalClient,
  createWorkflows,
  dataConverterOf,
} from '../../../../src/adapters/temporal';
import { workflowIdOf } from '../../../../src/contracts';
import { replayHistory } from '../../../../src/testing/replay';
import { order } from '../../../../domains/shop/workflows';
import type { TestCli } from '../../../support/cli';
import { serverSettings, testCli } from '../../../support/cli';
import { createEncryption } from '../../../support/encryption';
import { createTestNamespace } from '../../../support/namespace';
import type { TestNats } from '../../../support/nats';
import { startTestNats } from '../../../support/nats';
import { driveOrder } from '../../support/order/driver';
import type { ShopWorkers } from '../../support/order/environment';
import { startShopWorkers } from '../../support/order/environment';
import { prepared } from '../../../support/setup/handover';

jest.setTimeout(90_000);

/** In the opening event, and in steps' inputs made from it. */
const SECRET = 'tok_secret-of-the-customer';
const payloadCodecs = [createEncryption(randomBytes(32))];

let nats: TestNats;
let plain: Client;
let encrypted: Client;
let connection: NativeConnection;
let workers: ShopWorkers;
let cli: TestCli;

beforeAll(async () => {
  const [at, server] = await Promise.all([createTestNamespace(), startTestNats()]);
  nats = server;
  plain = at.client;
  const { address, namespace } = at;
  encrypted = createPlainClient({ address, namespace, payloadCodecs });
  connection = await NativeConnection.connect({ address });
  const dataConverter = dataConverterOf({ payloadCodecs });
  workers = await startShopWorkers({ connection, namespace, dataConverter });
  const settings = { ...serverSettings(nats.url), TEMPORAL_NAMESPACE: namespace };
  cli = testCli(settings, [shop], undefined, { payloadCodecs });
});
afterAll(async () => {
  await workers.stop();
  await Promise.all([
    nats.stop(),
    connection.close(),
    plain.connection.close(),
    encrypted.connection.close(),
  ]);
});

async function cancelledOrder() {
  const driver = driveOrder(encrypted, `sealed-${randomUUID()}`, workers.shop);
  await driver.submit({ paymentToken: SECRET }, 'submitted');
  await driver.untilState('awaiting-dispatch');
  await driver.cancel();
  await driver.result();
  return driver;
}

test('an order runs to its end, replays, and the server has no plain text of it', async () => {
  const { handle, orderId } = await cancelledOrder();
  const history = await plain.workflow.getHandle(handle.workflowId).fetchHistory();
  const stored = Buffer.concat((history.events ?? []).map((event) => Buffer.from(textsIn(event)))).toString();
  expect(stored).toContain('binary/encrypted');
  expect(stored).not.toContain(SECRET);
  const bundle = { codePath: prepared('bundles').product };
  const workflowId = workflowIdOf(order, orderId);
  expect(await replayHistory(history, bundle, { workflowId, payloadCodecs })).toMatchObject({
    kind: 'replays',
  });
  expect((await replayHistory(history, bundle, { workflowId })).kind).not.toBe('replays');
});

test('the command line reads it', async () => {
  const { handle, orderId } = await cancelledOrder();
  const shown = await cli('sagas', 'show', handle.workflowId);
  expect(shown).toMatchObject({ code: 0, error: '' });
  expect(shown.out).toContain('cancelled');
  expect(shown.out).toContain('Authorize 49.80 EUR on the card');
  const traced = await cli('trace', orderId);
  expect(traced).toMatchObject({ code: 0, error: '' });
  // A summary, and a result.
  expect(traced.out).toContain('Authorize 49.80 EUR on the card');
  expect(traced.out).toContain('completed: cancelled');
  // What a signal carries.
  const { timeline } = (await cli('trace', orderId, '-o', 'json')).json() as { timeline: object[] };
  expect(timeline).toContainEqual(
    expect.objectContaining({
      from: 'workflow',
      kind: 'event',
      fields: expect.objectContaining({ id: 'submitted' }) as object,
    }),
  );
  expect(await cli('sagas', 'stuck')).toMatchObject({ code: 0, error: '' });
});

test('what a terminated order has received is known: a repeat is told from a late event', async () => {
  const driver = driveOrder(encrypted, `sealed-${randomUUID()}`, workers.shop);
  await driver.submit({ paymentToken: SECRET }, 'submitted');
  await driver.untilState('awaiting-dispatch');
  await driver.handle.terminate();
  const { orderId: key } = driver;
  const workflows = createWorkflows(encrypted);
  const target = { workflow: order, workflowId: workflowIdOf(order, key), key };
  const [signal] =
    (await driver.handle.fetchHistory()).events?.filter(
      (event) => event.workflowExecutionSignaledEventAttributes,
    ) ?? [];
  expect(signal).toBeDefined();
  const event = { id: 'submitted', source: '/test', type: 'any', key, data: {} };
  const seen = await workflows.hasSeen(target, event);
  const other = await workflows.hasSeen(target, { ...event, id: 'another' });
  expect([seen, other]).toEqual([
    { kind: 'answered', value: true },
    { kind: 'answered', value: false },
  ]);
});

test('each of the engine’s clients has the codecs', async () => {
  const settings = { address: prepared('servers').temporalAddress, namespace: 'default', payloadCodecs };
  for (const create of [createTemporalClient, createSingleAttemptClient, createPlainClient]) {
    const client = create(settings);
    expect(client.options.loadedDataConverter.payloadCodecs).toEqual(payloadCodecs);
    await client.connection.close();
  }
});

/** All texts and bytes within a value, one after the other. */
function textsIn(value: unknown): string {
  if (typeof value === 'string') return `${value}\n`;
  if (value instanceof Uint8Array) return `${Buffer.from(value).toString('latin1')}\n`;
  if (typeof value !== 'object' || value === null) return '';
  return Object.values(value).map(textsIn).join('');
}
