import type { Endpoint } from 'sagaline';
import { orderSubmitted } from './events';
import { REFUSALS } from './names';
import { order } from './workflows';

/** `POST /orders`: answered when the order is confirmed, or refused. */
export const orders: Endpoint = {
  path: '/orders',
  event: orderSubmitted,
  workflow: order,
  conflicts: [REFUSALS.orderExists],
};
