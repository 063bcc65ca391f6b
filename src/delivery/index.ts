/** What the bridge and the subscriptions share: holding, settling and dead-lettering an event of the stream. */
export { retryPause } from './backoff';
export { createDeadLettering } from './dead-letter';
export { createHold } from './hold';
export type { Hold } from './hold';
export type { DeadLetter, DeadLetters, Delivery, Received } from './ports';
export { quietLog } from './quiet-log';
export { createSettlements } from './settle';
export type { Settlement } from './settle';
