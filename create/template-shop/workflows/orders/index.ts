/** All workflows of the pool: the entry point of its bundle. */
export { order } from './order';
