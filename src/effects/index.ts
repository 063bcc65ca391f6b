/** The parts of activities: steps that are done once, compensated safely, and published through the outbox. */
export { activity, finalFailure } from './activity';
export { tracedCall, traceHeaders } from './cause';
export type { TracedCall } from './cause';
export {
  createDeadLetterActivities,
  createPostgresDeadLetterStore,
  deadLetterStoreActivities,
} from './dead-letters';
export type { DeadLetterEvents, DeadLetterActivities, DeadLetterStore } from './dead-letters';
export { applyEachOnce } from './each-once';
export type { Identified } from './each-once';
export { performOnce, reverseOnce } from './external';
export type { ExternalReversal, ExternalStep } from './external';
export { doOnce, compensateOnce } from './local';
export { effectMigrations } from './migrations';
export { layTombstones, stepsOfProcess } from './of-process';
export type { RecordedStep } from './of-process';
export { createOccurrenceActivities, createPostgresOccurrences, occurrenceActivities } from './occurrences';
export type { EndOccurrences, HasOccurrenceEnded, OccurrenceActivities, Occurrences } from './occurrences';
export { createEffectsPruning } from './prune';
export type { PruneOptions } from './prune';
export { settingsActivity } from './settings';
export { OUTBOX_CHANNEL, UnpublishableEventError, writeOutbox } from './outbox';
export type { OutboxEvent } from './outbox';
