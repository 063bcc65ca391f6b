import { z } from 'zod';
import { defineWebhook, newEvent } from '../../../contracts';
import { shipmentDelivered, shipmentDispatched, shipmentLost } from '../events';

/** The carrier's webhook, in its own words. */
const body = z.object({
  notification_id: z.string().min(1).max(128),
  event: z.string().max(64),
  occurred_at: z.iso.datetime({ offset: true }).max(64),
  shipment: z.object({
    id: z.string().min(1).max(128),
    reference: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
    tracking_number: z.string().min(1).max(64),
  }),
});

export const carrierWebhook = defineWebhook({
  provider: 'carrier',
  body,
  toEvent: ({ notification_id: id, event, occurred_at: time, shipment }) => {
    const data = {
      orderId: shipment.reference,
      shipmentId: shipment.id,
      trackingNumber: shipment.tracking_number,
    };
    switch (event) {
      case 'shipment.dispatched':
        return newEvent(shipmentDispatched, { id, time, data });
      case 'shipment.delivered':
        return newEvent(shipmentDelivered, { id, time, data });
      case 'shipment.lost':
        return newEvent(shipmentLost, { id, time, data });
      default:
        return undefined;
    }
  },
});
