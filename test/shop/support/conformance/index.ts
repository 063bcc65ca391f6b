/**
 * The contracts of the shop's ports: one suite for each, run on the fakes as unit tests and on the real adapters as
 * integration tests.
 */
export { deadLetterStoreConformance } from './dead-letters';
export { demandConformance } from './demand';
export { inventoryConformance } from './inventory';
export { notificationsConformance } from './notifications';
export { ordersConformance } from './orders';
export { paymentProviderConformance, paymentsConformance } from './payments';
export type { AuthorizedPayment } from './payments';
export { carrierConformance, shippingConformance } from './shipping';
