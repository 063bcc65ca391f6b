/** From the outbox to JetStream: one active relay, in the order of each entity. */
export { startRelay } from './relay';
export type { Relay } from './relay';
