import { z } from 'zod';
import { RefusalError } from '../../src/contracts';
import { REFUSALS } from '../../src/domains/shop/names';
import type { ProviderAccess } from './provider-http';
import { createProviderHttp, ProviderError } from './provider-http';
import type { Carrier, CreateShipment } from './shipping';

const shipment = z
  .object({ id: z.string().min(1).max(128), tracking_number: z.string().min(1).max(128) })
  .transform(({ id, tracking_number }) => ({ shipmentId: id, trackingNumber: tracking_number }));
const shipments = z.object({ data: z.array(shipment) });
const parcel = z
  .object({
    id: z.string().min(1).max(128),
    reference: z.string().max(255),
    status: z.enum(['booked', 'dispatched', 'delivered', 'lost', 'canceled']),
  })
  .transform(({ id, reference, status }) => ({ shipmentId: id, orderId: reference, status }));

/** A parcel in one of these states has left: its booking cannot be cancelled any more. */
const LEFT: ReadonlySet<string> = new Set(['shipment_dispatched', 'shipment_delivered', 'shipment_lost']);

export function createHttpCarrier(access: ProviderAccess): Carrier {
  const http = createProviderHttp('carrier', access);

  return {
    book: async (request) => {
      try {
        return await http.post('/shipments', { key: request.key, body: bookingOf(request) }, shipment);
      } catch (error) {
        // The other 422, a key that was used for another request, is a defect of ours and no answer to this one.
        if (error instanceof ProviderError && error.status === 422 && error.type === 'shipment_refused') {
          const type =
            error.code === 'parcel_not_accepted' ? REFUSALS.parcelNotAccepted : REFUSALS.addressNotServed;
          throw new RefusalError(type, error.detail ?? 'The carrier refuses the shipment.');
        }
        throw error;
      }
    },

    // Of a refused booking the carrier shows nothing here; repeating it gets the same refusal.
    findByKey: async (key) =>
      (await http.get(`/shipments?idempotency_key=${encodeURIComponent(key)}`, shipments)).data[0],

    cancel: async ({ key, shipmentId }) => {
      try {
        await http.post(`${pathOf(shipmentId)}/cancel`, { key, body: {} }, shipment);
      } catch (error) {
        // Cancelled by someone else, a person at the carrier for example: there is nothing left to cancel.
        if (!(error instanceof ProviderError)) throw error;
        if (error.code === 'shipment_canceled') return;
        if (error.code !== undefined && LEFT.has(error.code)) {
          throw new RefusalError(REFUSALS.parcelDispatched, error.detail ?? 'The carrier has the parcel.');
        }
        throw error;
      }
    },

    track: async (shipmentId) => {
      try {
        return await http.get(pathOf(shipmentId), parcel);
      } catch (error) {
        if (error instanceof ProviderError && error.code === 'resource_missing') return undefined;
        throw error;
      }
    },
  };
}

function pathOf(shipmentId: string): string {
  return `/shipments/${encodeURIComponent(shipmentId)}`;
}

function bookingOf({ orderId, recipient, parcels }: CreateShipment) {
  const { name, street, postalCode, city, country } = recipient;
  return { reference: orderId, recipient: { name, street, postal_code: postalCode, city, country }, parcels };
}
