import assert from 'node:assert/strict';
import { bundleOfTests, sagaFaultMatrix, told } from 'sagaline/testing';
import * as capabilities from '../../domains/shop/capabilities';
import { orderSubmitted } from '../../domains/shop/events';
import { routes } from '../../domains/shop/routes';
import { order } from '../../domains/shop/workflows';
import { poolOf } from '../support/workers';
import { createFixture } from '../support/fixture';

test('an order survives every fault', async () => {
  const { cells } = await sagaFaultMatrix(
    order,
    {
      bundle: bundleOfTests(poolOf(order)),
      routes,
      fixture: createFixture,
      activities: ({ activities }) => activities,
      events: (orderId) => [told(orderSubmitted, { ...orderSubmitted.example, orderId })],
      ends: ['confirmed', 'cancelled', 'compensated'],
      // A payment that is given up waits for a person, because it is unknown whether it was made.
      waits: ['step-stuck'],
      capabilities: Object.values(capabilities),
      effects: ({ script }) => script.effects,
    },
    {
      'stock is reserved for a confirmed order, and for no other': ({ fixture, state }) =>
        assert.equal(fixture.reserveStock.reserved.size, state === 'confirmed' ? 1 : 0),
      'a confirmed order is paid for once, and no other is': ({ fixture, key, state }) =>
        assert.equal(
          fixture.authorizePayment.paid.get(key),
          state === 'confirmed' ? orderSubmitted.example.amount : undefined,
        ),
      'the book says how it ended': ({ fixture, key, state }) =>
        assert.equal(fixture.confirmOrder.confirmed.has(key), state === 'confirmed'),
    },
  );
  expect(cells.length).toBeGreaterThan(0);
});
