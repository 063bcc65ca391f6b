import fc from 'fast-check';
import type { NewEvent, Webhook } from '../../../../src/contracts';
import { encodeEvent } from '../../../../src/contracts';
import {
  paymentAuthorized,
  paymentCaptured,
  paymentDeclined,
  paymentDisputed,
  paymentRefunded,
  paymentVoided,
  shipmentDelivered,
  shipmentDispatched,
  shipmentLost,
} from '../../../../domains/shop/events';
import { carrierWebhook } from '../../../../domains/shop/webhooks/carrier';
import { paymentProviderWebhook } from '../../../../domains/shop/webhooks/payment-provider';

const read = (webhook: Webhook, body: unknown) => webhook.read({ body, headers: {} });

function eventOf(webhook: Webhook, body: unknown): NewEvent {
  const reading = read(webhook, body);
  const [event] = reading.kind === 'events' ? reading.events : [];
  if (!event) throw new Error(`the webhook was read as ${JSON.stringify(reading)}`);
  return event;
}

function placeOf(webhook: Webhook, body: unknown): string | undefined {
  const reading = read(webhook, body);
  return reading.kind === 'events' && reading.problem ? (reading.problem.path ?? '') : reading.kind;
}

describe('the payment provider', () => {
  const object = { id: 'pay_1', merchant_reference: 'order-1001', amount: 4_980, currency: 'EUR' };
  const body = (changes: object = {}, payment: object = {}) => ({
    id: 'evt_1',
    type: 'payment.authorized',
    created: 1_767_225_600,
    mode: 'synchronous',
    ...changes,
    data: { object: { ...object, ...payment } },
  });
  const data = {
    orderId: 'order-1001',
    paymentId: 'pay_1',
    total: { amount: 4_980, currency: 'EUR' },
    asynchronous: false,
  };

  test.each([
    ['payment.authorized', paymentAuthorized, data],
    ['payment.declined', paymentDeclined, { ...data, reason: 'insufficient_funds' }],
    ['payment.captured', paymentCaptured, data],
    ['payment.canceled', paymentVoided, data],
    ['payment.refunded', paymentRefunded, data],
  ])('%s becomes an event with the id and time of the provider', (type, contract, expected) => {
    const event = eventOf(paymentProviderWebhook, body({ type }, { decline_code: 'insufficient_funds' }));
    expect(event).toEqual({ contract, id: 'evt_1', time: '2026-01-01T00:00:00.000Z', data: expected });
  });

  test('says when the outcome was not in the answer of a call', () => {
    expect(eventOf(paymentProviderWebhook, body({ mode: 'asynchronous' })).data).toMatchObject({
      asynchronous: true,
    });
  });

  test.each([
    ['payment.dispute_opened', 'needs_response'],
    ['payment.dispute_closed', 'lost'],
  ])('%s becomes an event of the dispute', (type, status) => {
    const dispute = { id: 'dp_1', status, amount: 1_000, reason: 'fraudulent' };
    const event = eventOf(paymentProviderWebhook, body({ type, mode: 'asynchronous' }, { dispute }));
    expect([event.contract, event.data]).toEqual([
      paymentDisputed,
      {
        ...data,
        asynchronous: true,
        total: { amount: 1_000, currency: 'EUR' },
        disputeId: 'dp_1',
        status,
        reason: 'fraudulent',
      },
    ]);
  });

  test('may decline without a code', () => {
    expect(eventOf(paymentProviderWebhook, body({ type: 'payment.declined' })).data).toMatchObject({
      reason: 'unknown',
    });
  });

  test.each(['payment.capture_declined', 'payment.', 'toString', ''])(
    'is ignored where it speaks of "%s"',
    (type) => {
      expect(read(paymentProviderWebhook, body({ type }))).toEqual({ kind: 'ignored' });
    },
  );

  test.each([{ data: { object: { id: 'po_1', arrival: 7 } } }, { data: [] }, { created: 'never' }])(
    'is ignored where it speaks of a payout, whatever that looks like: %j',
    (payout) => {
      expect(read(paymentProviderWebhook, { type: 'payout.paid', ...payout })).toEqual({ kind: 'ignored' });
    },
  );

  test('may say more than we know', () => {
    const more = body({ api_version: '2026-01' }, { fee: { amount: 5 } });
    expect(eventOf(paymentProviderWebhook, more).data).toEqual(data);
  });

  test.each([
    ['', null],
    ['', []],
    ['', 'payment.authorized'],
    ['id', body({ id: '' })],
    ['id', body({ id: undefined })],
    ['type', body({ type: 3 })],
    ['created', body({ created: '2026-01-01' })],
    ['created', body({ created: -1 })],
    ['mode', body({ mode: 'sometimes' })],
    ['data', { ...body(), data: undefined }],
    ['data.object', { ...body(), data: {} }],
    ['data.object.id', body({}, { id: undefined })],
    ['data.object.merchant_reference', body({}, { merchant_reference: 'order.1001' })],
    ['data.object.merchant_reference', body({}, { merchant_reference: 'x'.repeat(65) })],
    ['data.object.amount', body({}, { amount: 0 })],
    ['data.object.amount', body({}, { amount: 49.8 })],
    ['data.object.currency', body({}, { currency: 'eur' })],
    ['data.object.decline_code', body({}, { decline_code: '' })],
  ])('is refused with the place of what is wrong: "%s" in %j', (path, wrong) => {
    expect(placeOf(paymentProviderWebhook, wrong)).toBe(path);
  });

  test('never gives an event that does not fit its contract', () => {
    const word = (maxLength: number) => fc.stringMatching(/^[!-~]+$/, { maxLength });
    const payment = fc.record({
      id: word(128),
      merchant_reference: fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/),
      amount: fc.integer({ min: 1, max: 1_000_000_000_000 }),
      currency: fc.constantFrom('EUR', 'GBP', 'USD'),
      decline_code: fc.option(word(64), { nil: undefined }),
    });
    const type = fc.constantFrom(
      'payment.authorized',
      'payment.declined',
      'payment.captured',
      'payment.canceled',
    );
    const created = fc.integer({ min: 0, max: 10_000_000_000 });
    fc.assert(
      fc.property(word(128), type, created, payment, (id, kind, at, about) => {
        const event = eventOf(paymentProviderWebhook, body({ id, type: kind, created: at }, about));
        expect(encodeEvent(event, { source: '/providers/payment-provider' }).subject).toMatch(
          /^evt\.payments\./,
        );
      }),
    );
  });
});

describe('the carrier', () => {
  const shipment = { id: 'shp_1', reference: 'order-1001', tracking_number: 'SL1' };
  const body = (changes: object = {}, parcel: object = {}) => ({
    notification_id: 'ntf_1',
    event: 'shipment.dispatched',
    occurred_at: '2026-01-01T12:00:00+01:00',
    ...changes,
    shipment: { ...shipment, ...parcel },
  });
  const data = { orderId: 'order-1001', shipmentId: 'shp_1', trackingNumber: 'SL1' };

  test.each([
    ['shipment.dispatched', shipmentDispatched],
    ['shipment.delivered', shipmentDelivered],
    ['shipment.lost', shipmentLost],
  ])('%s becomes an event with the id and time of the carrier', (event, contract) => {
    const expected = { contract, id: 'ntf_1', time: '2026-01-01T12:00:00+01:00', data };
    expect(eventOf(carrierWebhook, body({ event }))).toEqual(expected);
    expect(encodeEvent(expected, { source: '/providers/carrier' }).subject).toMatch(
      /^evt\.logistics\..*\.order-1001$/,
    );
  });

  test('has times that every store keeps', () => {
    const event = eventOf(carrierWebhook, body({ occurred_at: '2026-11-21T10:00:00+16:00' }));
    expect(event.time).toBe('2026-11-20T18:00:00Z');
  });

  test('is ignored where it speaks of another kind of thing, whatever that looks like', () => {
    expect(read(carrierWebhook, { event: 'invoice.sent', invoice: 7 })).toEqual({ kind: 'ignored' });
  });

  test.each(['shipment.canceled', ''])('is ignored where it speaks of "%s"', (event) => {
    expect(read(carrierWebhook, body({ event }))).toEqual({ kind: 'ignored' });
  });

  test('may say more than we know', () => {
    expect(eventOf(carrierWebhook, body({ depot: 'Cork' }, { weight: 3 })).data).toEqual(data);
  });

  test.each([
    ['', 7],
    ['notification_id', body({ notification_id: 'x'.repeat(129) })],
    ['event', body({ event: undefined })],
    ['occurred_at', body({ occurred_at: 'noon' })],
    ['occurred_at', body({ occurred_at: '0000-01-01T00:00:00Z' })],
    ['shipment', { ...body(), shipment: [] }],
    ['shipment.id', body({}, { id: 5 })],
    ['shipment.reference', body({}, { reference: '' })],
    ['shipment.tracking_number', body({}, { tracking_number: '' })],
  ])('is refused with the place of what is wrong: "%s" in %j', (path, wrong) => {
    expect(placeOf(carrierWebhook, wrong)).toBe(path);
  });
});
