/** All workflows of this deployment: the entry point of the bundle. */
export { demand } from './shop/demand';
export { order } from './shop/order';
export { reconciliation, repair } from './shop/reconciliation';
