/** All workflows of this deployment: the entry point of the bundle. */
export { demand } from './demand';
export { order } from './order';
export { reconciliation } from './reconciliation';
export { repair } from './repair';
