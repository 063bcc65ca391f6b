import * as order from './order';
import * as orderCancelled from './order-cancelled';

/** What is recorded, by the name of the history. */
export const scenarios = {
  order,
  orderCancelled,
};
