/**
 * From the outbox to JetStream: one active relay, in the order of each entity; what people see of the outbox, and do with
 * rows that are set aside; and the removal of what nobody needs any more.
 */
export { forgetPublished } from './forget';
export { housekeeping } from './housekeeping';
export { decideOutboxRow, listOutbox, OutboxRowError, outboxState, showOutboxRow } from './outbox';
export type { OutboxEntry, OutboxState, RowDecision } from './outbox';
export { startRelay } from './relay';
export type { Relay } from './relay';
