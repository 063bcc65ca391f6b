/**
 * Publishes the outbox to JetStream: one active relay, in the order of each entity. It also has the operators' commands
 * for rows of the outbox, and removes data that is not needed any more.
 */
export { tracedPublish } from './traced';
export { forgetPublished } from './forget';
export { housekeeping } from './housekeeping';
export { decideOutboxRow, listOutbox, OutboxRowError, showOutboxRow } from './outbox';
export type { OutboxEntry, RowDecision } from './outbox';
export { publishAgain } from './publish-again';
export { outboxPolicy } from './policy';
export type { Writer } from './policy';
export { outboxState } from './outbox-state';
export type { OutboxState } from './outbox-state';
export { startRelay } from './relay';
export type { Relay } from './relay';
