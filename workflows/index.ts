/** All workflows of this deployment: the entry point of the bundle. */
export { order } from './shop/order';
