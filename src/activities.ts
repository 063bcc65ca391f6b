/** What activities are made of: effects that happen once, their compensations, the outbox. */
export * from './effects';
export { DefectError, RefusalError, StepCompensatedError } from './contracts';
export type { Database, MigrationSet, Transaction } from './adapters/postgres';
export { findSaga } from './adapters/temporal';
export type { PendingStep, Saga } from './adapters/temporal';
export type { StreamPosition, Rebuilding, StreamRange } from './subscriptions';
