import { z } from 'zod';
import { storableText } from 'sagaline';
import { interpreting } from './provider-answers';
import type { ProviderAccess } from './provider-http';
import { createProviderHttp } from './provider-http';
import { givenByProvider } from './shapes';
import { CARRIER_ANSWERS } from './shipping.answers';
import type { CarrierParcel } from '../../domains/shop/rules/confirmation';
import type { Carrier, CarrierBooking } from './shipping';

/** The most characters of a tracking number that we accept. */
const MAX_TRACKING_NUMBER = 128;

const shipment = z
  .object({ id: givenByProvider, tracking_number: givenByProvider })
  .transform(({ id, tracking_number }) => ({ shipmentId: id, trackingNumber: tracking_number }));
const shipments = z.object({ data: z.array(shipment) });
const parcel = z
  .object({
    id: z.string().min(1).max(128),
    reference: z.string().max(255),
    status: z.enum(['booked', 'dispatched', 'delivered', 'lost', 'canceled']),
  })
  .transform(({ id, reference, status }) => ({ shipmentId: id, orderId: reference, status }));
/** The fields that a compensation needs: a shipment can be cancelled even if its tracking number is invalid. */
const shipmentsToCancel = z.object({
  data: z.array(
    z.object({ id: givenByProvider, tracking_number: z.unknown() }).transform(({ id, tracking_number }) => ({
      shipmentId: id,
      trackingNumber: storableText(String(tracking_number), MAX_TRACKING_NUMBER),
    })),
  ),
});
/** The answer of a call whose content is not used. */
const answered = z.looseObject({});

export function createHttpCarrier(access: ProviderAccess): Carrier {
  const http = createProviderHttp('carrier', access);
  const asked = interpreting(CARRIER_ANSWERS);
  const byKey = (key: string) => `/shipments?idempotency_key=${encodeURIComponent(key)}`;

  return {
    book: (request) =>
      asked('book', http.post('/shipments', { key: request.key, body: bookingOf(request) }, shipment)),

    // The carrier does not list a refused booking; a repeat of the call gets the same refusal.
    findByKey: async (key) => (await asked('ask', http.get(byKey(key), shipments))).data[0],

    findToCancel: async (key) => (await asked('ask', http.get(byKey(key), shipmentsToCancel))).data[0],

    cancel: async ({ key, shipmentId }) => {
      const canceling = http.post(`${pathOf(shipmentId)}/cancel`, { key, body: {} }, answered);
      await asked('cancel', canceling, () => ({}));
    },

    track: (shipmentId) =>
      asked<CarrierParcel | undefined>('look', http.get(pathOf(shipmentId), parcel), () => undefined),
  };
}

function pathOf(shipmentId: string): string {
  return `/shipments/${encodeURIComponent(shipmentId)}`;
}

function bookingOf({ orderId, recipient, parcels }: CarrierBooking) {
  const { postalCode, ...rest } = recipient;
  // Fields that the address lacks are left out of the JSON.
  return { reference: orderId, recipient: { ...rest, postal_code: postalCode }, parcels };
}
