// The adapters that speak to a provider keep the promises of their ports: against the sandbox, over HTTP.
import { createPayments } from '../../../../activities/shop/payments.postgres';
import { createShipping } from '../../../../activities/shop/shipping.postgres';
import { REFUSALS } from '../../../../domains/shop/names';
import {
  carrierConformance,
  paymentProviderConformance,
  paymentsConformance,
  shippingConformance,
} from '../../support/conformance';
import { newOrderId } from '../../../support/conformance/attempts';
import type { TestDatabase } from '../../../support/database';
import { createTestDatabase } from '../../../support/database';
import { until } from '../../../support/until';
import type { ProviderSandbox } from './provider-sandbox';
import { startProviderSandbox } from './provider-sandbox';
import { inClear } from '../../../../src/security/personal';

let records: TestDatabase;
let sandbox: ProviderSandbox;

beforeAll(async () => {
  records = await createTestDatabase();
  sandbox = await startProviderSandbox();
});

afterAll(async () => {
  await sandbox.stop();
  await records.end();
});

describe('the payment provider over HTTP', () => paymentProviderConformance(() => Promise.resolve(sandbox)));

describe('the carrier over HTTP', () => carrierConformance(() => Promise.resolve(sandbox)));

describe('payments at the provider, recorded in PostgreSQL', () => {
  paymentsConformance(() =>
    Promise.resolve({
      payments: createPayments(records.database, sandbox.provider, inClear),
      paymentsOf: (orderId) => sandbox.paymentsOf(orderId),
      decided: (orderId) => sandbox.decided(orderId),
      recordOf: async (orderId) =>
        (
          await records.database.query<{ state: string }>(
            'select state from payments.payments where order_id = $1',
            [orderId],
          )
        )[0]?.state,
    }),
  );

  test('whose record agrees with the provider', async () => {
    const orders = await records.database.query<{ order_id: string }>(
      'select distinct order_id from payments.payments',
    );
    for (const { order_id: orderId } of orders) {
      const recorded = await records.database.query(
        `select state, amount::int, captured::int, refunded::int from payments.payments
          where order_id = $1 and state <> 'declined'`,
        [orderId],
      );
      expect({ orderId, payments: recorded }).toEqual({
        orderId,
        payments: await sandbox.paymentsOf(orderId),
      });
    }
    expect(orders.length).toBeGreaterThan(0);
  });
});

describe('shipments at the carrier, recorded in PostgreSQL', () => {
  shippingConformance(() =>
    Promise.resolve({
      shipping: createShipping(records.database, sandbox.carrier, inClear),
      shipmentsOf: (orderId) => sandbox.shipmentsOf(orderId),
    }),
  );

  test('whose record agrees with the carrier', async () => {
    const recorded = await records.database.query<{ order_id: string; state: string }>(
      'select order_id, state from logistics.shipments',
    );
    for (const { order_id: orderId, state } of recorded) {
      expect({ orderId, states: [state] }).toEqual({ orderId, states: await sandbox.shipmentsOf(orderId) });
    }
    expect(recorded.length).toBeGreaterThan(0);
  });
});

describe('a parcel that is on its way', () => {
  let quick: ProviderSandbox;

  beforeAll(async () => {
    quick = await startProviderSandbox({ dispatchMs: 1 });
  });
  afterAll(() => quick.stop());

  test.each([
    ['28195', 'delivered'],
    ['00002', 'dispatched'],
    ['00003', 'lost'],
  ])('to %s is %s in the end', async (postalCode, status) => {
    const shipping = createShipping(records.database, quick.carrier, inClear);
    const orderId = newOrderId();
    const booking = {
      key: `${orderId}:createShipment:0`,
      orderId,
      recipient: { name: 'Ada', street: 'Am Wall 1', postalCode, city: 'Bremen', country: 'DE' },
      parcels: [{ sku: 'TEA-GREEN-250', quantity: 1 }],
    };
    const { shipmentId } = await shipping.createShipment(booking);
    await until(
      `the parcel is ${status}`,
      async () => (await shipping.trackShipment({ orderId, shipmentId })).status === status,
    );
    const tooLate = { type: REFUSALS.parcelDispatched };
    await expect(shipping.cancelShipment({ undoes: booking })).rejects.toMatchObject(tooLate);
    await expect(shipping.cancelShipment({ undoes: booking })).rejects.toMatchObject(tooLate);
  });
});
