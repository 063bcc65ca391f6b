/** What waiting needs, without any import: every folder may load it. */
export { backoff, doubling } from './backoff';
export { deferred } from './deferred';
export type { Deferred } from './deferred';
