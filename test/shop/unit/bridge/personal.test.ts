// Who can write to NATS copies an encrypted address into an order of their own: it must not be delivered to.
import { randomBytes, randomUUID } from 'node:crypto';
import { shop } from '../../../../domains/shop';
import { orderSubmitted } from '../../../../domains/shop/events';
import { createCatalogue, decodePublished } from '../../../../src/contracts';
import { system } from '../../../../src/runtime/system';
import { createPersonalData } from '../../../../src/security/personal';
import { bridgeAmongFakes } from '../../../support/fakes/bridge';
import { structured } from '../../../support/fakes/messages';

const catalogue = createCatalogue([shop]);
const { type, example: order } = orderSubmitted;

/** The order of a customer with a key of their own, as the gateway publishes it. */
function sealedOrder(customerId: string) {
  const key = { id: randomUUID(), subject: customerId, bytes: randomBytes(32) };
  const personal = createPersonalData({
    forProcess: () => Promise.resolve(key),
    find: () => Promise.resolve(key),
  });
  return personal.seal(orderSubmitted, { ...order, customerId });
}

const published = (data: object) => ({
  subject: `evt.orders.submitted.v1.${order.orderId}`,
  body: structured({ source: '/web-shop', type, data }).body,
});

test('an order with its own customer’s values is dispatched', async () => {
  const { deliver, calls, deadLetters } = bridgeAmongFakes({ parts: { catalogue, hash: system.hash } });
  await deliver(published(await sealedOrder('customer-7')));
  expect(calls).toContain('signalWithStart: accepted');
  expect(deadLetters).toEqual([]);
});

test('a value that was copied from another customer’s order is a dead letter, and starts nothing', async () => {
  const { deliver, calls, deadLetters } = bridgeAmongFakes({ parts: { catalogue, hash: system.hash } });
  const [own, other] = [await sealedOrder('customer-666'), await sealedOrder('customer-7')];
  const forged = published({ ...own, shippingAddress: other.shippingAddress });
  // Nothing else is wrong with it: without the check it would be an order.
  expect(decodePublished({ ...forged, headers: {} }, catalogue).ok).toBe(true);
  await deliver(forged);
  expect(calls).not.toContain('signalWithStart');
  expect(deadLetters).toMatchObject([
    { rejection: { reason: 'invalid-data', path: 'data.shippingAddress' } },
  ]);
});
