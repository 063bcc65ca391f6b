/** Helpers for waiting. They import nothing, so every folder may load them. */
export { backoff, doubling } from './backoff';
export type { BackoffLimits } from './backoff';
export { deferred } from './deferred';
export type { Deferred } from './deferred';
