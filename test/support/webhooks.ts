import { createHmac } from 'node:crypto';

/** Webhooks as the shop's two providers send them: in their format, with their signature. */

export const unixNow = () => Math.floor(Date.now() / 1_000);

/** The signature of exactly these bytes, at this time, with this secret. */
export function signed(body: string, secret: string, time = unixNow()): string {
  return `t=${time},v1=${createHmac('sha256', secret).update(`${time}.${body}`).digest('hex')}`;
}

/**
 * `id` is the provider's own id of its notifications: a repeat has the same id, a new notification of the same fact has another.
 *
 * @param paymentId as the provider gave it
 */
export function paymentNotification(
  orderId: string,
  paymentId: string,
  type: string,
  { id = `evt-${orderId}-${type}`, mode = 'asynchronous' } = {},
): string {
  const object = { id: paymentId, merchant_reference: orderId, amount: 4_980, currency: 'EUR' };
  return JSON.stringify({ id, type, created: unixNow(), mode, data: { object } });
}

/** @param shipmentId as the carrier gave it */
export function parcelNotification(
  orderId: string,
  shipmentId: string,
  event: string,
  id = `ntf-${orderId}-${event}`,
): string {
  const shipment = { id: shipmentId, reference: orderId, tracking_number: `T-${orderId}` };
  return JSON.stringify({
    notification_id: id,
    event,
    occurred_at: new Date().toISOString(),
    shipment,
  });
}
