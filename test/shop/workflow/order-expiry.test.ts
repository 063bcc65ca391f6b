// Events that must not be applied: their time has passed, or they have the identity of another one.
import { createWorkflows } from '../../../src/adapters/temporal';
import type { DomainEvent } from '../../../src/contracts';
import { FAILURES, workflowIdOf } from '../../../src/contracts';
import { cancellationRequested, paymentAuthorized } from '../../../domains/shop/events';
import { EVENTS } from '../../../domains/shop/names';
import { order as orderProcess } from '../../../domains/shop/workflows';
import { setStage } from '../support/order/stage';

const stage = setStage('expiry');
const HOUR = 3_600_000;

const deadLettered = () => stage.shop.deadLetters.deadLettered.map(({ event, reason }) => [event.id, reason]);
const after = async (ms: number) => new Date((await stage.env.currentTimeMs()) + ms).toISOString();

async function send(event: DomainEvent): Promise<void> {
  const target = {
    workflow: orderProcess,
    workflowId: workflowIdOf(orderProcess, event.key),
    key: event.key,
  };
  const answer = await createWorkflows(stage.env.client).signalWithStart(target, event);
  expect(answer).toEqual({ kind: 'answered', value: 'accepted' });
}

const authorized = (key: string, id: string, more: Partial<DomainEvent> = {}): DomainEvent => ({
  ...{ id, key, source: '/test', type: paymentAuthorized.type },
  data: { ...paymentAuthorized.example, orderId: key, asynchronous: true },
  ...more,
});
const cancellation = (key: string, id: string, more: Partial<DomainEvent> = {}): DomainEvent => ({
  ...{ id, key, source: '/test', type: cancellationRequested.type },
  data: { orderId: key, detail: 'Found it cheaper.' },
  ...more,
});

test('an early event waits no longer than it lives; when none is left, nobody waits any more', async () => {
  const order = stage.newOrder();
  await send(authorized(order.orderId, 'short', { expiryTime: await after(HOUR) }));
  await expect(order.result()).rejects.toMatchObject({ cause: { type: FAILURES.unmatched } });
  expect(deadLettered()).toEqual([['short', 'expired']]);
  const { startTime, closeTime } = await order.handle.describe();
  expect(Number(closeTime) - Number(startTime)).toBeLessThan(2 * HOUR);
});

test('of two early events one may expire while the other goes on waiting', async () => {
  const order = stage.newOrder();
  await send(authorized(order.orderId, 'long'));
  await order.untilState('awaiting-submission');
  await send(authorized(order.orderId, 'short', { expiryTime: await after(HOUR) }));
  await expect(order.result()).rejects.toMatchObject({ cause: { type: FAILURES.unmatched } });
  expect(deadLettered()).toEqual([
    ['short', 'expired'],
    ['long', 'unmatched'],
  ]);
});

test('a request that was kept behind its time is not granted', async () => {
  const order = stage.newOrder();
  const reserving = stage.shop.hold('reserveStock');
  await order.submit();
  await reserving.reached;
  await order.handle.signal(
    cancellationRequested.type,
    cancellation(order.orderId, 'stale', { expiryTime: '2020-01-01T00:00:00Z' }),
  );
  reserving.release();
  await order.dispatched();
  await order.delivered();
  expect((await order.result()).state).toBe('completed');
  expect(deadLettered()).toEqual([['stale', 'expired']]);
});

test('another event under an identity that was seen is a dead letter; the same one again is dropped', async () => {
  const order = stage.newOrder();
  await order.submit();
  await order.untilState('awaiting-dispatch');
  const first = authorized(order.orderId, 'one', { contentHash: 'first' });
  await order.handle.signal(EVENTS.paymentAuthorized, first);
  await order.handle.signal(EVENTS.paymentAuthorized, first);
  await order.handle.signal(
    cancellationRequested.type,
    cancellation(order.orderId, 'one', { contentHash: 'other' }),
  );
  await order.dispatched();
  await order.delivered();
  expect((await order.result()).state).toBe('completed');
  expect(stage.shop.deadLetters.deadLettered.filter(({ reason }) => reason === 'conflict')).toMatchObject([
    { event: { type: cancellationRequested.type, id: 'one' } },
  ]);
});
