/** What the providers' own books hold at the end. */
import { persistently } from '../../../demo/eventually';
import type { Shop } from '../../../demo/shop';
import type { Payment } from '../../../domains/shop/sandbox/payments/payment';
import type { Shipment } from '../../../domains/shop/sandbox/shipments/shipment';
import type { Evidence } from './types';

/** What the gateway makes an event of; the other webhooks are told that nobody wants them. */
const BECOME_EVENTS: ReadonlySet<string> = new Set([
  'payment.authorized',
  'payment.declined',
  'payment.captured',
  'payment.canceled',
  'payment.refunded',
  'payment.dispute_opened',
  'payment.dispute_closed',
  'shipment.dispatched',
  'shipment.delivered',
  'shipment.lost',
]);

export async function readProviders(shop: Shop): Promise<Pick<Evidence, 'provider' | 'webhooks'>> {
  const [payments, shipments, webhooks] = await Promise.all([
    read<Payment>(shop, 'payments'),
    read<Shipment>(shop, 'shipments'),
    read<{ id: string; to: string; type: string; delivered: boolean }>(shop, 'webhooks'),
  ]);
  return {
    provider: {
      payments: payments.map((payment) => ({
        id: payment.id,
        orderId: payment.merchant_reference,
        status: payment.status,
        amount: payment.amount,
        currency: payment.currency,
        captured: payment.amount_captured,
        refunded: payment.amount_refunded,
        cancellationReason: payment.cancellation_reason,
        dispute: payment.dispute,
      })),
      shipments: shipments.map(({ id, reference, status }) => ({ id, orderId: reference, status })),
    },
    webhooks: webhooks
      .filter(({ type }) => BECOME_EVENTS.has(type))
      .map(({ id, to, delivered }) => ({ identity: `/providers/${to} ${id}`, delivered })),
  };
}

async function read<Row>({ local }: Shop, what: string): Promise<Row[]> {
  return persistently(async () => {
    const answer = await fetch(`${local.devUrls['providers']}/sandbox/${what}`);
    return ((await answer.json()) as { data: Row[] }).data;
  });
}
