// What somebody sends to an order who reaches Temporal and has no key. Each attack is tried with the control on; the one that needs no
// key gets through with the control off.
import { randomUUID } from 'node:crypto';
import { Client } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { NativeConnection } from '@temporalio/worker';
import type { temporal } from '@temporalio/proto';
import { cancellationRequested } from '../../../../domains/shop/events/orders';
import { order } from '../../../../domains/shop/workflows';
import { createRegistry, workflowSinks } from '../../../../src/adapters/prometheus';
import { createPlainClient, createWorkflows, dataConverterOf } from '../../../../src/adapters/temporal';
import { DECIDE, workflowIdOf } from '../../../../src/contracts';
import { parseKeyRing } from '../../../../src/security/codec/key-ring';
import { seal } from '../../../../src/security/codec/seal';
import { replayHistory } from '../../../../src/testing/replay';
import { createTestNamespace } from '../../../support/namespace';
import { keyLine, payloadSecrets } from '../../../support/payload-keys';
import { prepared } from '../../../support/setup/handover';
import { until } from '../../../support/until';
import { driveOrder } from '../../support/order/driver';
import type { ShopWorkers } from '../../support/order/environment';
import { startShopWorkers } from '../../support/order/environment';
import { settingsOf } from './settings';

type Payload = temporal.api.common.v1.IPayload;

jest.setTimeout(90_000);

const secrets = payloadSecrets();
const registry = createRegistry('test');

let plain: Client;
let sealing: Client;
let at: { address: string; namespace: string };
let connection: NativeConnection;
let workers: ShopWorkers;

beforeAll(async () => {
  const { client, address, namespace } = await createTestNamespace();
  [plain, at] = [client, { address, namespace }];
  sealing = createPlainClient(settingsOf(at, secrets));
  connection = await NativeConnection.connect({ address });
  workers = await startShopWorkers({
    connection,
    namespace,
    dataConverter: dataConverterOf(settingsOf(at, secrets)),
    sinks: workflowSinks(registry),
  });
});
afterAll(async () => {
  await workers.stop();
  await Promise.all([connection.close(), plain.connection.close(), sealing.connection.close()]);
});

async function openOrder() {
  const driver = driveOrder(sealing, `stranger-${randomUUID()}`, workers.shop);
  await driver.submit({}, 'submitted');
  await driver.untilState('awaiting-dispatch');
  return driver;
}

/** An event that cancels an order, if it is taken. */
function cancellation(key: string) {
  const { type, example } = cancellationRequested;
  return { id: 'forged', source: '/stranger', type, key, data: { ...example, orderId: key } };
}

function signal(workflowId: string, payload: Payload, signalName: string = cancellationRequested.type) {
  return plain.workflowService.signalWorkflowExecution({
    namespace: at.namespace,
    workflowExecution: { workflowId },
    signalName,
    input: { payloads: [payload] },
    requestId: randomUUID(),
  });
}

/** A client that sends in clear, and reads the answers. */
function unsealing(): Client {
  const [codec] = settingsOf(at, secrets).payloadCodecs ?? [];
  if (!codec) throw new Error('there is no codec');
  const encode = (payloads: Payload[]) => Promise.resolve(payloads);
  const payloadCodecs = [{ encode, decode: (payloads: Payload[]) => codec.decode(payloads) }];
  const failureConverterPath = settingsOf(at, secrets).failureConverterPath ?? '';
  const { namespace } = at;
  return new Client({
    connection: plain.connection,
    namespace,
    dataConverter: { payloadCodecs, failureConverterPath },
  });
}

async function historyOf(workflowId: string) {
  return plain.workflow.getHandle(workflowId).fetchHistory();
}

/** The encrypted payload of the first signal in a history, as anybody reads it there. */
async function firstSignalOf(workflowId: string): Promise<Payload> {
  const { events } = await historyOf(workflowId);
  const signals = (events ?? []).flatMap(
    (event) => event.workflowExecutionSignaledEventAttributes?.input?.payloads ?? [],
  );
  const [first] = signals;
  if (!first) throw new Error(`${workflowId} has no signal`);
  return first;
}

test('no signal of a stranger reaches the order or fails a workflow task', async () => {
  const [attacked, other] = [await openOrder(), await openOrder()];
  const { workflowId } = attacked.handle;
  const place = { namespace: at.namespace, workflowId, purpose: 'workflow' };
  const event = defaultPayloadConverter.toPayload(cancellation(attacked.orderId));
  const taken = await firstSignalOf(other.handle.workflowId);
  const own = await firstSignalOf(workflowId);
  const changed = Buffer.from(own.data ?? []);
  changed[20] = (changed[20] ?? 0) ^ 1;
  const attacks: readonly (readonly [string, Payload, string?])[] = [
    ['in clear', event],
    ['with a key of his own', seal(event, parseKeyRing(keyLine('2026-11')), place)],
    ['with a made-up key id', seal(event, parseKeyRing(keyLine('mine')), place)],
    ['of another order', taken],
    ['with a changed byte', { ...own, data: changed }],
    [
      'in no known encoding',
      { metadata: { encoding: Buffer.from('binary/none') }, data: event.data ?? null },
    ],
    ['broken', { ...event, data: Buffer.from('{') }],
    ['empty', {}],
    ['with a reserved name', event, '__temporal_anything'],
    ['that decides', defaultPayloadConverter.toPayload({ kind: 'skip', reason: 'so' }), DECIDE],
  ];
  for (const [, payload, name] of attacks) await signal(workflowId, payload, name);

  const text = () => registry.metrics();
  await until('all are counted', async () => {
    const counted = [...(await text()).matchAll(/signals_ignored_total\{[^}]*\} (\d+)/g)];
    return counted.reduce((sum, [, count]) => sum + Number(count), 0) >= attacks.length;
  });
  expect(await text()).toMatch(/signals_ignored_total\{[^}]*why="unsealed"[^}]*\} 9\b/);
  expect(await text()).toMatch(/signals_ignored_total\{[^}]*why="reserved-name"[^}]*\} 1\b/);
  const update = unsealing()
    .workflow.getHandle(workflowId)
    .executeUpdate(DECIDE, { args: [{ kind: 'retry' }] });
  await expect(update).rejects.toMatchObject({
    name: 'WorkflowUpdateFailedError',
    cause: { type: 'unsealed', message: 'the update was not encrypted with a key of this deployment' },
  });

  expect(await attacked.state()).toBe('awaiting-dispatch');
  await attacked.dispatched('dispatched');
  await attacked.delivered('delivered');
  expect((await attacked.result()).state).toBe('completed');
  const history = await historyOf(workflowId);
  expect(history.events?.filter((each) => each.workflowTaskFailedEventAttributes)).toEqual([]);
  const replayed = await replayHistory(
    history,
    { codePath: prepared('bundles').product },
    { payloadCodecs: settingsOf(at, secrets).payloadCodecs },
  );
  expect(replayed.kind).toBe('replays');
  await other.cancel();
  await other.result();
});

test('an event of ours is not taken for a repeat of a stranger’s signal', async () => {
  const { orderId, handle } = await openOrder();
  const forged = cancellation(orderId);
  await signal(handle.workflowId, defaultPayloadConverter.toPayload(forged));
  await handle.terminate();
  const target = { workflow: order, workflowId: workflowIdOf(order, orderId), key: orderId };
  const seen = await createWorkflows(sealing).hasSeen(target, forged);
  expect(seen).toEqual({ kind: 'answered', value: false });
});

test('a workflow that a stranger opens does nothing', async () => {
  const orderId = `stranger-${randomUUID()}`;
  const before = workers.shop.calls.length;
  const opened = driveOrder(plain, orderId, workers.shop);
  await opened.submit({}, 'submitted');
  const failure = await until('its workflow task fails', async () => {
    const { events } = await historyOf(opened.handle.workflowId);
    return events?.find((each) => each.workflowTaskFailedEventAttributes)?.workflowTaskFailedEventAttributes
      ?.failure;
  });
  expect(failure?.message).toBe('Encoded failure');
  expect(workers.shop.calls.length).toBe(before);
  await opened.handle.terminate();
});

test('with payloads in clear allowed, the signal in clear gets through', async () => {
  await workers.stop();
  const { address, namespace } = at;
  const lenient = settingsOf({ address, namespace }, { ...secrets, PAYLOAD_ENCRYPTION: 'on' });
  workers = await startShopWorkers({ connection, namespace, dataConverter: dataConverterOf(lenient) });
  const attacked = await openOrder();
  await signal(attacked.handle.workflowId, defaultPayloadConverter.toPayload(cancellation(attacked.orderId)));
  expect((await attacked.result()).state).toBe('cancelled');
});
