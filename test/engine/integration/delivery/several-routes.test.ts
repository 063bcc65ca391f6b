// One event, two routes, each with an outcome of its own.
import type { TargetUnderTest } from './targets';
import { targetOf } from './targets';
import { probeEvent } from '../../../support/ping/probe';
import type { DeliveryUnderTest } from './delivery-under-test';
import { startDelivery } from './delivery-under-test';

jest.setTimeout(60_000);

let delivery: DeliveryUnderTest;
let target: TargetUnderTest;
/** Goes to the process and to a batcher of the same key. */
let event: ReturnType<typeof probeEvent>;

beforeAll(async () => {
  delivery = await startDelivery('several-routes');
});
afterAll(() => delivery.stop());
beforeEach(() => {
  target = targetOf(delivery, 'only reaches');
  event = probeEvent('shared', target.key);
});

/** Events of one target come in their order: once a later one is handed on, nothing is to come of the one before it. */
async function untilBatcherHasHandled(): Promise<void> {
  const later = probeEvent('gathered', target.key);
  await delivery.deliver(later);
  await delivery.untilHanded(later);
}

test('the process is late, the batcher takes it: a dead letter for the one, an effect by the other', async () => {
  await target.drive('closed completed', []);
  expect(await delivery.deliver(event)).toEqual({ outcome: 'dead-letter', reason: 'late' });
  await untilBatcherHasHandled();
  const late = { reason: 'late', route: 'shared-reaches' };
  expect(await delivery.deadLetters(target.key)).toEqual([late]);
  expect([delivery.handed(event), delivery.applied(event)]).toEqual([1, 1]);

  // As a repeat in the stream it takes both routes again: refused by the one again, dropped by the other.
  expect(await delivery.deliver(event)).toEqual({ outcome: 'dead-letter', reason: 'late' });
  await untilBatcherHasHandled();
  expect(await delivery.deadLetters(target.key)).toEqual([late, late]);
  expect([delivery.handed(event), delivery.applied(event)]).toEqual([1, 1]);
});

test('an acknowledgement that is lost after both outcomes: the redelivery has neither a second dead letter nor a second effect', async () => {
  await target.drive('closed completed', []);
  delivery.loseAcknowledgement();
  const dead = { outcome: 'dead-letter', reason: 'late' };
  expect(await delivery.deliver(event)).toEqual(dead);
  await untilBatcherHasHandled();
  expect(delivery.deliveries(event)).toBe(2);
  expect(await delivery.deadLetters(target.key)).toEqual([{ reason: 'late', route: 'shared-reaches' }]);
  expect([delivery.handed(event), delivery.applied(event)]).toEqual([1, 1]);
});

test('both take it, each once, also when it comes again', async () => {
  await target.drive('running', []);
  const later = target.further();
  expect([
    await delivery.deliver(event),
    await delivery.deliver(event),
    await delivery.deliver(later),
  ]).toEqual(Array(3).fill({ outcome: 'accepted', reason: undefined }));
  await delivery.untilHanded(later);
  await untilBatcherHasHandled();
  expect(await delivery.deadLetters(target.key)).toEqual([]);
  expect([delivery.handed(event), delivery.applied(event)]).toEqual([2, 2]);
});
