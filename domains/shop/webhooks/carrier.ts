import { z } from 'zod';
import { defineWebhook, newEvent, notification, stripeSignature, timestamp } from 'sagaline';
import { shipmentDelivered, shipmentDispatched, shipmentLost } from '../events';

/** The carrier's webhook, in its own format. */
const body = z.object({
  notification_id: z.string().min(1).max(128),
  occurred_at: timestamp,
  shipment: z.object({
    id: z.string().min(1).max(128),
    reference: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
    tracking_number: z.string().min(1).max(64),
  }),
});

export const carrierWebhook = defineWebhook({
  provider: 'carrier',
  verify: stripeSignature({ header: 'webhook-signature' }),
  type: 'event',
  notifications: {
    'shipment.dispatched': notification(body, (it) => newEvent(shipmentDispatched, parcelOf(it))),
    'shipment.delivered': notification(body, (it) => newEvent(shipmentDelivered, parcelOf(it))),
    'shipment.lost': notification(body, (it) => newEvent(shipmentLost, parcelOf(it))),
  },
});

function parcelOf({ notification_id: id, occurred_at: time, shipment }: z.infer<typeof body>) {
  const data = {
    orderId: shipment.reference,
    shipmentId: shipment.id,
    trackingNumber: shipment.tracking_number,
  };
  return { id, time, data };
}
