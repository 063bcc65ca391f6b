import { z } from 'zod';
import { defineEvent } from 'sagaline';
import { EVENTS } from '../names';
import { orderId, stockLines } from './shapes';

const schema = z.strictObject({ orderId, lines: stockLines });
const byOrder = ({ orderId: key }: { orderId: string }) => key;
const example = { orderId: 'order-1001', lines: [{ sku: 'TEA-GREEN-250', quantity: 2 }] };
const entity = 'reservation';

export const stockReserved = defineEvent({
  type: EVENTS.stockReserved,
  entity,
  summary: 'Stock was set aside for an order.',
  schema,
  key: byOrder,
  example,
});

export const stockReleased = defineEvent({
  type: EVENTS.stockReleased,
  entity,
  summary: 'Stock that was set aside for an order is on hand again.',
  schema,
  key: byOrder,
  example,
});

export const stockShipped = defineEvent({
  type: EVENTS.stockShipped,
  entity,
  summary: 'Reserved stock has left the warehouse.',
  schema,
  key: byOrder,
  example,
});
