// Orders whose payloads are encrypted: they run, replay, and are read by the command line; the server has no plain text of them.
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
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
import type { TemporalSettings } from '../../../../src/adapters/temporal';
import { createRegistry } from '../../../../src/adapters/prometheus';
import { createCatalogue, workflowIdOf } from '../../../../src/contracts';
import { findServer, freePorts } from '../../../../src/dev/stack';
import type { LoadedApp } from '../../../../src/runtime/app';
import { appConfig } from '../../../../src/runtime/config';
import { rolesOf } from '../../../../src/runtime/roles';
import { replayHistory } from '../../../../src/testing/replay';
import { order } from '../../../../domains/shop/workflows';
import type { TestCli } from '../../../support/cli';
import { serverSettings, testCli } from '../../../support/cli';
import { silentLog } from '../../../support/log';
import { createTestNamespace } from '../../../support/namespace';
import type { TestNats } from '../../../support/nats';
import { startTestNats } from '../../../support/nats';
import { payloadSecrets, secretFile } from '../../../support/payload-keys';
import { driveOrder } from '../../support/order/driver';
import type { ShopWorkers } from '../../support/order/environment';
import { startShopWorkers } from '../../support/order/environment';
import { prepared } from '../../../support/setup/handover';
import { storedTexts } from '../../../support/stored-texts';
import { until } from '../../../support/until';
import { settingsOf } from './settings';

jest.setTimeout(90_000);

/** In the opening event, and in steps' inputs made from it. */
const SECRET = 'tok_secret-of-the-customer';
const secrets = payloadSecrets();

let nats: TestNats;
let plain: Client;
let encrypted: Client;
let settings: TemporalSettings;
let connection: NativeConnection;
let workers: ShopWorkers;
let cli: TestCli;

beforeAll(async () => {
  const [at, server] = await Promise.all([createTestNamespace(), startTestNats()]);
  nats = server;
  plain = at.client;
  const { address, namespace } = at;
  settings = settingsOf({ address, namespace }, secrets);
  encrypted = createPlainClient(settings);
  connection = await NativeConnection.connect({ address });
  workers = await startShopWorkers({ connection, namespace, dataConverter: dataConverterOf(settings) });
  cli = testCli({ ...serverSettings(nats.url), TEMPORAL_NAMESPACE: namespace, ...secrets }, [shop]);
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
  const stored = storedTexts(history);
  expect(stored).toContain('binary/encrypted');
  expect(stored).not.toContain(SECRET);
  const bundle = { codePath: prepared('bundles').product };
  const workflowId = workflowIdOf(order, orderId);
  const { payloadCodecs } = settings;
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

test('the Temporal CLI reads it through the codec server, with a token', async () => {
  const { handle } = await cancelledOrder();
  const token = randomUUID();
  const reader = `reader-${randomUUID()}`;
  const [port = 0] = await freePorts(1);
  const app: LoadedApp = { root: process.cwd(), domains: [shop], pools: {} };
  const { temporalAddress, databaseUrl } = prepared('servers');
  const codecServer = rolesOf(app)['codec-server'];
  const config = appConfig(app, [], {
    ...secrets,
    DATABASE_URL: databaseUrl,
    CODEC_SERVER_PORT: String(port),
    CODEC_SERVER_TOKEN_FILE: secretFile(`${reader}:${token}`),
  });
  const parts = { app, config, catalogue: createCatalogue([]), registry: createRegistry('test') };
  const running = await codecServer?.({ ...parts, log: silentLog });
  const show = async (...options: string[]) => {
    const at = ['--address', temporalAddress, '--namespace', settings.namespace];
    const command = ['workflow', 'show', ...at, '--workflow-id', handle.workflowId, '-o', 'json', ...options];
    const { stdout } = await promisify(execFile)(findServer('temporal', undefined), command);
    return stdout.replace(/(?<=")[A-Za-z0-9+/]+={0,2}(?=")/g, (text) =>
      Buffer.from(text, 'base64').toString(),
    );
  };
  const endpoint = ['--codec-endpoint', `http://127.0.0.1:${port}`];
  try {
    expect(await show()).not.toContain(SECRET);
    expect(await show(...endpoint, '--codec-auth', `Bearer ${token}`)).toContain(SECRET);
    // The CLI would try again for ten seconds.
    const stranger = await fetch(`http://127.0.0.1:${port}/decode`, { method: 'POST' });
    expect(stranger.status).toBe(401);
    const read = (await cli('audit', 'list', '--actor', reader, '-o', 'json')).json();
    expect(read).toMatchObject({ records: [{ kind: 'read', action: 'codec.decode', verified: true }] });
  } finally {
    await running?.stop();
  }
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

test('each of the engine’s clients has the codec, and the converter of failures', async () => {
  for (const create of [createTemporalClient, createSingleAttemptClient, createPlainClient]) {
    const client = create(settings);
    const { payloadCodecs, failureConverter } = client.options.loadedDataConverter;
    expect(payloadCodecs).toEqual(settings.payloadCodecs);
    const { encodedAttributes } = failureConverter.errorToFailure(
      new Error(SECRET),
      client.options.loadedDataConverter.payloadConverter,
    );
    expect(encodedAttributes).toBeDefined();
    await client.connection.close();
  }
});

test('messages and stack traces of failures are encrypted, and the command line reads them', async () => {
  const driver = driveOrder(encrypted, `sealed-${randomUUID()}`, workers.shop);
  const failed = `${SECRET} was not taken`;
  workers.shop.fail('authorizePayment', new Error(failed), 4);
  await driver.submit({ paymentToken: SECRET }, 'submitted');
  const { workflowId } = driver.handle;
  await until('an attempt has failed', async () => {
    const shown = await cli('sagas', 'show', workflowId);
    return shown.out.includes(failed);
  });
  const { raw } = await plain.workflow.getHandle(workflowId).describe();
  const [pending] = (raw.pendingActivities ?? []).filter(({ lastFailure }) => lastFailure);
  expect(pending?.lastFailure?.message).toBe('Encoded failure');
  expect(storedTexts(raw)).not.toContain(SECRET);
  await driver.untilState('awaiting-dispatch');
  await driver.cancel();
  await driver.result();
  expect(storedTexts(await driver.handle.fetchHistory())).not.toContain(SECRET);
});
