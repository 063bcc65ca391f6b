// Steps at the provider sandbox, whose magic inputs lose requests and answers: money is held once, a parcel booked once.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createPayments } from '../../../../activities/shop/payments.postgres';
import { createHttpCarrier } from '../../../../activities/shop/shipping.http';
import { createShipping } from '../../../../activities/shop/shipping.postgres';
import { StepCompensatedError } from '../../../../src/contracts';
import { inClear } from '../../../../src/security/personal';
import { newOrderId, retried } from '../../../support/conformance/attempts';
import type { TestDatabase } from '../../../support/database';
import { createTestDatabase } from '../../../support/database';
import type { ProviderSandbox } from '../activities/provider-sandbox';
import { startProviderSandbox } from '../activities/provider-sandbox';

const total = { amount: 4_980, currency: 'EUR' } as const;

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

function payment(paymentToken: string) {
  const payments = createPayments(records.database, sandbox.provider, inClear);
  const orderId = newOrderId();
  const request = { key: `${orderId}:authorizePayment:0`, orderId, total, paymentToken };
  return {
    orderId,
    key: request.key,
    authorize: () => payments.authorizePayment(request),
    void: () => payments.voidPayment({ undoes: request }),
  };
}

function shipment(postalCode: string) {
  const shipping = createShipping(records.database, sandbox.carrier, inClear);
  const orderId = newOrderId();
  const recipient = { name: 'Ada', street: 'Am Wall 1', postalCode, city: 'Bremen', country: 'DE' };
  const parcels = [{ sku: 'TEA-GREEN-250', quantity: 1 }];
  const request = { key: `${orderId}:createShipment:0`, orderId, recipient, parcels };
  return {
    orderId,
    key: request.key,
    book: () => shipping.createShipment(request),
    cancel: () => shipping.cancelShipment({ undoes: request }),
  };
}

const requestOf = async (key: string) => {
  const query = 'select state, request from sagaline.effects where key = $1';
  return (await records.database.query<{ state: string; request: object }>(query, [key]))[0];
};

describe('a payment token is on record only while its payment may have to be asked for again', () => {
  test('not once it is authorized, and not once that is voided', async () => {
    const { key, authorize, void: lift } = payment('tok_visa');
    await authorize();
    expect(await requestOf(key)).toEqual({ state: 'done', request: { key, orderId: orderOf(key), total } });
    await lift();
    expect(await requestOf(key)).toMatchObject({ state: 'compensated', request: { total } });
  });

  test('not once it is refused', async () => {
    const { key, authorize } = payment('tok_declined');
    await expect(authorize()).rejects.toMatchObject({ type: 'payment-declined' });
    expect(await requestOf(key)).toEqual({
      state: 'refused',
      request: { key, orderId: orderOf(key), total },
    });
  });

  test('not once it is voided without an answer', async () => {
    const { key, authorize, void: lift } = payment('tok_timeout_after_effect');
    await expect(authorize()).rejects.toMatchObject({ name: 'ProviderError' });
    expect(await requestOf(key)).toMatchObject({
      state: 'begun',
      request: { paymentToken: 'tok_timeout_after_effect' },
    });
    await lift();
    const after = await requestOf(key);
    expect(after?.state).toBe('compensated');
    expect(after?.request).not.toHaveProperty('paymentToken');
  });
});

function orderOf(key: string): string {
  return key.split(':')[0] ?? '';
}

// Statuses of the answers to the step's own call; `null` for the one that got lost.
test.each([
  ['tok_timeout_after_effect', [null]],
  ['tok_timeout_before_effect', [null, 201]],
  ['tok_unavailable_twice', [503, 503, 201]],
  ['tok_malformed_answer', [200]],
])('%s: the amount is held once', async (token, answers) => {
  const { orderId, key, authorize } = payment(token);
  await expect(authorize()).rejects.toMatchObject({ name: 'ProviderError' });
  const { paymentId } = await retried(authorize);
  expect(await authorize()).toEqual({ paymentId, state: 'authorized', expiresAt: expect.any(Number) });
  expect(await sandbox.paymentsOf(orderId)).toMatchObject([{ state: 'authorized' }]);
  expect(await sandbox.answersTo(key)).toEqual(answers);
});

test.each(['tok_timeout_after_effect', 'tok_timeout_before_effect', 'tok_unavailable_twice', 'tok_slow'])(
  '%s: a void after the first attempt leaves nothing held, and a late attempt changes nothing',
  async (token) => {
    const { orderId, authorize, void: lift } = payment(token);
    const first = authorize().catch((error: unknown) => error);
    // A slow call is overtaken while it is at work; the others have broken off by then.
    if (token !== 'tok_slow') await first;
    else await begun(orderId);
    await retried(lift);
    await expect(authorize()).rejects.toBeInstanceOf(StepCompensatedError);
    await first;
    expect(await sandbox.paymentsOf(orderId)).toMatchObject([{ state: 'voided' }]);
  },
);

/** Resolves when the intent of the order's step is on record, and its call therefore about to be made. */
async function begun(orderId: string): Promise<void> {
  const query = `select from sagaline.effects where key like $1 || ':%' and state = 'begun'`;
  while ((await records.database.query(query, [orderId])).length === 0);
}

test('a card that was declined, with the answer lost or not, leaves nothing to void', async () => {
  const { orderId, key, authorize, void: lift } = payment('tok_declined');
  await expect(authorize()).rejects.toMatchObject({ type: 'payment-declined' });
  await expect(authorize()).rejects.toMatchObject({ type: 'payment-declined' });
  await lift();
  expect(await sandbox.paymentsOf(orderId)).toEqual([]);
  expect(await sandbox.answersTo(key)).toEqual([402]);
});

test.each(['tok_bogus', 'tok_expired_token'])(
  '%s is refused at once, and leaves nothing to void',
  async (token) => {
    const { orderId, key, authorize, void: lift } = payment(token);
    await expect(authorize()).rejects.toMatchObject({ type: 'payment-method-unusable' });
    await lift();
    expect(await sandbox.paymentsOf(orderId)).toEqual([]);
    expect(await sandbox.answersTo(key)).toEqual([400]);
  },
);

test('a token that is good for one payment is refused for another', async () => {
  const token = `tok_single_use_${newOrderId()}`;
  await payment(token).authorize();
  await expect(payment(token).authorize()).rejects.toMatchObject({ type: 'payment-method-unusable' });
});

test('a pending payment is asked for once; a void of it is one call, and compensates it', async () => {
  const { orderId, key, authorize, void: lift } = payment('tok_pending_forever');
  expect(await authorize()).toMatchObject({ state: 'pending' });
  expect(await authorize()).toMatchObject({ state: 'pending' });
  await lift();
  await lift();
  expect(await sandbox.paymentsOf(orderId)).toMatchObject([{ state: 'voided' }]);
  expect(await sandbox.answersTo(key)).toEqual([201]);
  expect(await sandbox.answersTo(`${key}:compensate`)).toEqual([200]);
});

test('the record of a pending payment that was declined, of which we hear at the void, says so', async () => {
  const { orderId, authorize, void: lift } = payment('tok_pending_then_declined');
  await authorize();
  await sandbox.decided(orderId);
  await lift();
  const recorded = await records.database.query('select state from payments.payments where order_id = $1', [
    orderId,
  ]);
  expect(recorded).toEqual([{ state: 'declined' }]);
});

test('a capture that finds the authorization gone writes that down, and has taken nothing', async () => {
  const { orderId, authorize } = payment('tok_visa');
  const { paymentId } = await authorize();
  await sandbox.provider.cancel({ key: `${orderId}:by-hand`, paymentId });
  const payments = createPayments(records.database, sandbox.provider, inClear);
  const capture = () => payments.capturePayment({ key: `${orderId}:capture:0`, orderId, paymentId, total });
  const state = async () =>
    records.database.query('select state, captured::int from payments.payments where payment_id = $1', [
      paymentId,
    ]);
  await expect(capture()).rejects.toMatchObject({ type: 'payment-voided' });
  expect(await state()).toEqual([{ state: 'voided', captured: 0 }]);
  // The attempt before may have ended just when it knew.
  await records.database.query("update payments.payments set state = 'authorized' where payment_id = $1", [
    paymentId,
  ]);
  await expect(capture()).rejects.toMatchObject({ type: 'payment-voided' });
  expect(await state()).toEqual([{ state: 'voided', captured: 0 }]);
});

test('a lost dispute is given back to the customer, and is no refund in the books', async () => {
  const { orderId, authorize } = payment('tok_visa');
  const { paymentId } = await authorize();
  const dispute = { disputeId: 'dsp_1', status: 'lost', amount: total.amount, reason: 'fraudulent' } as const;
  const payments = createPayments(
    records.database,
    {
      ...sandbox.provider,
      paymentOf: async (id) => {
        const found = await sandbox.provider.paymentOf(id);
        return found && { ...found, dispute };
      },
    },
    inClear,
  );
  await payments.capturePayment({ key: `${orderId}:capture:0`, orderId, paymentId, total });
  expect(await payments.confirmPayment({ orderId, paymentId, total })).toMatchObject({
    refunded: total.amount,
  });
  const books = await records.database.query(
    'select state, captured::int, refunded::int from payments.payments where payment_id = $1',
    [paymentId],
  );
  expect(books).toEqual([{ state: 'captured', captured: total.amount, refunded: 0 }]);
});

test('a refund whose answer got lost is asked after, and is not made again', async () => {
  const { provider } = sandbox;
  let lost = false;
  const payments = createPayments(
    records.database,
    {
      ...provider,
      refund: async (request) => {
        await provider.refund(request);
        if (!lost) {
          lost = true;
          throw new Error('the answer got lost');
        }
      },
    },
    inClear,
  );
  const orderId = newOrderId();
  const request = { key: `${orderId}:authorizePayment:0`, orderId, total, paymentToken: 'tok_visa' };
  const { paymentId } = await payments.authorizePayment(request);
  await payments.capturePayment({ key: `${orderId}:capturePayment:0`, orderId, paymentId, total });
  const key = `${orderId}:refundPayment:0`;
  const refund = () => payments.refundPayment({ key, orderId, paymentId, total });
  await expect(refund()).rejects.toThrow('the answer got lost');
  await refund();
  expect(await sandbox.answersTo(key)).toEqual([200]);
  expect(
    await records.database.query(
      'select state, captured::int, refunded::int from payments.payments where order_id = $1',
      [orderId],
    ),
  ).toEqual([{ state: 'refunded', captured: total.amount, refunded: total.amount }]);
});

test('00006: a parcel whose confirmation got lost is booked once', async () => {
  const { orderId, key, book } = shipment('00006');
  await expect(book()).rejects.toMatchObject({ name: 'ProviderError' });
  const booked = await book();
  expect(await book()).toEqual(booked);
  expect(await sandbox.shipmentsOf(orderId)).toEqual(['booked']);
  expect(await sandbox.answersTo(key)).toEqual([null]);
});

test('00006: cancelled after its confirmation got lost, it stays cancelled', async () => {
  const { orderId, book, cancel } = shipment('00006');
  await expect(book()).rejects.toMatchObject({ name: 'ProviderError' });
  await cancel();
  await expect(book()).rejects.toBeInstanceOf(StepCompensatedError);
  expect(await sandbox.shipmentsOf(orderId)).toEqual(['canceled']);
});

/** A carrier that has booked, and answers with a tracking number that PostgreSQL cannot store. */
async function spoiltCarrier(): Promise<{ url: string; calls: string[]; stop: () => void }> {
  const calls: string[] = [];
  const shipment = '{"id":"shp_1","tracking_number":"TRK\\u0000"}';
  const server = createServer((request, response) => {
    const { method = '', url = '' } = request;
    calls.push(`${method} ${url.split('?')[0] ?? ''}`);
    response.end(method === 'GET' ? `{"data":[${shipment}]}` : shipment);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stop = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, calls, stop };
}

test('a booking whose answer cannot be stored is a defect, and is cancelled', async () => {
  const { url, calls, stop } = await spoiltCarrier();
  const shipping = createShipping(records.database, createHttpCarrier({ url, apiKey: 'sk' }), inClear);
  const orderId = newOrderId();
  const recipient = { name: 'Ada', street: 'Am Wall 1', postalCode: '28195', city: 'Bremen', country: 'DE' };
  const parcels = [{ sku: 'TEA-GREEN-250', quantity: 1 }];
  const request = { key: `${orderId}:createShipment:0`, orderId, recipient, parcels };
  await expect(shipping.createShipment(request)).rejects.toMatchObject({ name: 'DefectError' });
  await shipping.cancelShipment({ undoes: request });
  expect(calls).toEqual(['POST /shipments', 'GET /shipments', 'POST /shipments/shp_1/cancel']);
  const recorded = await records.database.query(
    'select state, tracking_number from logistics.shipments where order_id = $1',
    [orderId],
  );
  expect(recorded).toEqual([{ state: 'canceled', tracking_number: 'TRK\ufffd' }]);
  stop();
});
