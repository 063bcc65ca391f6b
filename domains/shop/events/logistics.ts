import { z } from 'zod';
import { defineEvent, fromProvider } from 'sagaline';
import { EVENTS } from '../names';
import { orderId, providerId } from './shapes';

const schema = z.strictObject({ orderId, shipmentId: providerId, trackingNumber: z.string().min(1).max(64) });
const byOrder = ({ orderId: key }: { orderId: string }) => key;
const example = { orderId: 'order-1001', shipmentId: 'shp_83hf', trackingNumber: 'SL000083' };
const entity = 'shipment';
const origin = fromProvider('carrier');

export const shipmentDispatched = defineEvent({
  type: EVENTS.shipmentDispatched,
  entity,
  summary: 'The carrier has the parcel.',
  origin,
  schema,
  key: byOrder,
  example,
});

export const shipmentDelivered = defineEvent({
  type: EVENTS.shipmentDelivered,
  entity,
  summary: 'The customer has the parcel.',
  origin,
  schema,
  key: byOrder,
  example,
});

export const shipmentLost = defineEvent({
  type: EVENTS.shipmentLost,
  entity,
  summary: 'The carrier has given the parcel up.',
  origin,
  schema,
  key: byOrder,
  example,
});
