import type { Database } from 'sagaline/activities';
import { trackingOf } from '../../domains/shop/rules/confirmation';
import { performOnce, reverseOnce } from 'sagaline/activities';
import type { PersonalData } from 'sagaline';
import type { Carrier, CreateShipment, Shipment, Shipping } from './shipping';

/** Shipments at a carrier, with their record in PostgreSQL. */
export function createShipping(database: Database, carrier: Carrier, { open }: PersonalData): Shipping {
  const inClear = async (request: CreateShipment) => ({
    ...request,
    recipient: await open(request.recipient),
  });
  return {
    createShipment: async (request) => {
      // Before anything is recorded: an address that nobody can read leaves no step behind whose outcome is unknown.
      const booking = await inClear(request);
      return performOnce(database, {
        key: request.key,
        request,
        find: () => carrier.findByKey(request.key),
        call: () => carrier.book(booking),
        record: async (tx, { shipmentId, trackingNumber }) => {
          await tx.query(
            `insert into logistics.shipments (shipment_id, order_id, tracking_number, state)
             values ($1, $2, $3, 'booked')`,
            [shipmentId, request.orderId, trackingNumber],
          );
        },
      });
    },

    cancelShipment: ({ undoes: request }) =>
      reverseOnce<Shipment>(database, {
        key: request.key,
        find: () => carrier.findToCancel(request.key),
        claim: async () => carrier.book(await inClear(request)),
        reverse: ({ shipmentId }) => carrier.cancel({ key: `${request.key}:compensate`, shipmentId }),
        record: async (tx, { shipmentId, trackingNumber }) => {
          await tx.query(
            `insert into logistics.shipments (shipment_id, order_id, tracking_number, state)
             values ($1, $2, $3, 'canceled')
             on conflict (shipment_id) do update set state = 'canceled', updated_at = now()`,
            [shipmentId, request.orderId, trackingNumber],
          );
        },
      }),

    trackShipment: async (known) => trackingOf(known, await carrier.track(known.shipmentId)),
  };
}
