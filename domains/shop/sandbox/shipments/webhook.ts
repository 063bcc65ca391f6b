import type { Fact } from '../facts';
import type { Sources } from '../sources';
import { postalCodeBehaviour } from './postal-codes';
import type { ShipmentRecord } from './shipment';

export type ShipmentNotification =
  'shipment.dispatched' | 'shipment.delivered' | 'shipment.lost' | 'shipment.canceled';

/** A webhook in the carrier's format, about the latest state of the record. */
export function carrierWebhook(
  event: ShipmentNotification,
  record: ShipmentRecord,
  sources: Sources,
  copies = 1,
): Fact {
  const { id, reference, tracking_number, status, recipient } = record.shipment;
  const { gzipWebhooks, strangeOffset } = postalCodeBehaviour(recipient.postal_code);
  const notificationId = sources.newId('ntf');
  const occurredAt = record.history.at(-1)?.occurred_at;
  const rawBody = JSON.stringify({
    notification_id: notificationId,
    event,
    occurred_at: strangeOffset ? occurredAt?.replace('Z', '+16:00') : occurredAt,
    shipment: { id, reference, tracking_number, status },
  });
  return {
    kind: 'webhook-queued',
    webhook: {
      id: notificationId,
      to: 'carrier',
      type: event,
      subject: id,
      rawBody,
      copies,
      ...(gzipWebhooks && { encoding: 'gzip' }),
    },
  };
}
