import * as order from './order';
import * as orderCancelled from './order-cancelled';

/** The recorded scenarios, by the names of their histories. */
export const scenarios = {
  order,
  orderCancelled,
};
