// What somebody sends to an order who has no key, and copies sealed payloads from a history: docs/payload-encryption.md, "What a copy does".
import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import type { temporal } from '@temporalio/proto';
import { NativeConnection } from '@temporalio/worker';
import { cancellationRequested, orderSubmitted } from '../../../../domains/shop/events/orders';
import { REFUSALS } from '../../../../domains/shop/names';
import { order } from '../../../../domains/shop/workflows';
import { createRegistry, workflowSinks } from '../../../../src/adapters/prometheus';
import { createPlainClient, dataConverterOf } from '../../../../src/adapters/temporal';
import type { Stuck } from '../../../../src/contracts';
import { DECIDE, RefusalError, STUCK } from '../../../../src/contracts';
import { createTestNamespace } from '../../../support/namespace';
import { payloadSecrets } from '../../../support/payload-keys';
import { until } from '../../../support/until';
import { driveOrder } from '../../support/order/driver';
import type { ShopWorkers } from '../../support/order/environment';
import { startShopWorkers } from '../../support/order/environment';
import { settingsOf } from './settings';

type Payload = temporal.api.common.v1.IPayload;

jest.setTimeout(90_000);

const secrets = payloadSecrets();
const registry = createRegistry('replays');
let plain: Client;
let sealing: Client;
let namespace: string;
let connection: NativeConnection;
let workers: ShopWorkers;

beforeAll(async () => {
  const created = await createTestNamespace();
  const { address } = created;
  [plain, namespace] = [created.client, created.namespace];
  sealing = createPlainClient(settingsOf({ address, namespace }, secrets));
  connection = await NativeConnection.connect({ address });
  workers = await startShopWorkers({
    ...{ connection, namespace, sinks: workflowSinks(registry) },
    dataConverter: dataConverterOf(settingsOf({ address, namespace }, secrets)),
  });
});
afterAll(async () => {
  await workers.stop();
  await Promise.all([connection.close(), plain.connection.close(), sealing.connection.close()]);
});

const newOrder = () => driveOrder(sealing, `copied-${randomUUID()}`, workers.shop);

async function eventsOf(workflowId: string) {
  return (await plain.workflow.getHandle(workflowId).fetchHistory()).events ?? [];
}

function signal(workflowId: string, signalName: string, payload: Payload | undefined) {
  if (!payload) throw new Error('the history has no such payload');
  const input = { payloads: [payload] };
  return plain.workflowService.signalWorkflowExecution({
    ...{ namespace, workflowExecution: { workflowId }, signalName, input, requestId: randomUUID() },
  });
}

async function ignored(why: string): Promise<number> {
  const counted = [
    ...(await registry.metrics()).matchAll(/signals_ignored_total\{[^}]*why="([\w-]+)"[^}]*\} (\d+)/g),
  ];
  return counted.filter(([, each]) => each === why).reduce((sum, [, , count]) => sum + Number(count), 0);
}

test('a decision answers its question, and not the next one about the same step', async () => {
  const attacked = newOrder();
  const { workflowId } = attacked.handle;
  workers.shop.fail('capturePayment', new RefusalError(REFUSALS.paymentMethodUnusable, 'expired'), 2);
  await attacked.submit({}, 'submitted');
  await attacked.untilState('awaiting-dispatch');
  await attacked.dispatched('dispatched');
  const asked = async () => (await attacked.handle.query<Stuck | null>(STUCK)) ?? undefined;
  const first = await until('it is asked', asked);
  const decision = { kind: 'retry', about: first.what, since: first.since };
  await attacked.handle.executeUpdate(DECIDE, { args: [decision] });
  const second = await until('it is asked again', async () => {
    const question = await asked();
    return question?.tried === 2 ? question : undefined;
  });
  expect(second).toMatchObject({ what: first.what });

  const accepted = (await eventsOf(workflowId)).find(
    (each) => each.workflowExecutionUpdateAcceptedEventAttributes,
  );
  const copied =
    accepted?.workflowExecutionUpdateAcceptedEventAttributes?.acceptedRequest?.input?.args?.payloads?.[0];
  await signal(workflowId, DECIDE, copied);
  const answer = await plain.workflowService.updateWorkflowExecution({
    ...{ namespace, workflowExecution: { workflowId } },
    waitPolicy: { lifecycleStage: 'UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED' as never },
    request: {
      meta: { updateId: randomUUID() },
      input: { name: DECIDE, args: { payloads: [copied ?? {}] } },
    },
  });
  expect(answer.outcome?.failure?.applicationFailureInfo?.type).toBe('not-stuck');
  // Without its question, a decision of ours is refused as well: a copy of it would answer any.
  const unbound = attacked.handle.executeUpdate(DECIDE, { args: [{ kind: 'retry', about: first.what }] });
  await expect(unbound).rejects.toMatchObject({ cause: { type: 'not-stuck' } });
  expect(await asked()).toEqual(second);

  await attacked.handle.executeUpdate(DECIDE, { args: [{ ...decision, since: second.since }] });
  await attacked.delivered('delivered');
  expect((await attacked.result()).state).toBe('completed');
});

test('a copied event is a repeat, and under another name none; nothing else is an event', async () => {
  const attacked = newOrder();
  const { workflowId } = attacked.handle;
  await attacked.submit({}, 'submitted');
  await attacked.untilState('awaiting-dispatch');
  const history = await eventsOf(workflowId);
  const event = history.flatMap(
    (each) => each.workflowExecutionSignaledEventAttributes?.input?.payloads ?? [],
  )[0];
  const input = history[0]?.workflowExecutionStartedEventAttributes?.input?.payloads?.[0];
  const result = history.flatMap(
    (each) => each.activityTaskCompletedEventAttributes?.result?.payloads ?? [],
  )[0];
  const steps = workers.shop.calls.length;
  await signal(workflowId, orderSubmitted.type, event);
  await signal(workflowId, cancellationRequested.type, event);
  await signal(workflowId, cancellationRequested.type, input);
  await signal(workflowId, cancellationRequested.type, result);
  await until(
    'they are ignored',
    async () => (await ignored('no-event')) >= 2 && (await ignored('unsealed')) >= 1,
  );
  expect([await ignored('no-event'), await ignored('unsealed')]).toEqual([2, 1]);
  expect(await attacked.state()).toBe('awaiting-dispatch');
  expect(workers.shop.calls).toHaveLength(steps);

  await attacked.dispatched('dispatched');
  await attacked.delivered('delivered');
  expect((await attacked.result()).state).toBe('completed');
});

test('an order that is run once more from copies asks for the steps that were done, by the same keys', async () => {
  const attacked = newOrder();
  const { workflowId } = attacked.handle;
  await attacked.submit({}, 'submitted');
  await attacked.untilState('awaiting-dispatch');
  await attacked.dispatched('dispatched');
  await attacked.delivered('delivered');
  expect((await attacked.result()).state).toBe('completed');
  const keysOf = () =>
    new Set(workers.shop.calls.map(({ step, input }) => `${step} ${(input as { key?: string }).key ?? ''}`));
  const before = keysOf();
  const [started, ...rest] = await eventsOf(workflowId);
  const start = started?.workflowExecutionStartedEventAttributes;
  const first = rest.find((each) => each.workflowExecutionSignaledEventAttributes);
  await plain.workflowService.signalWithStartWorkflowExecution({
    ...{ namespace, workflowId, workflowType: { name: order.name }, taskQueue: { name: order.taskQueue } },
    ...{ input: start?.input ?? null, memo: start?.memo ?? null, requestId: randomUUID() },
    workflowIdReusePolicy: 'WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE' as never,
    signalName: orderSubmitted.type,
    signalInput: first?.workflowExecutionSignaledEventAttributes?.input ?? null,
  });
  // The order is there: it is entered once.
  await until('it has run', async () => (await attacked.state()) === 'duplicate');
  expect(keysOf()).toEqual(before);
});
