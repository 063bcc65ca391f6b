import path from 'node:path';
import type { MigrationSet } from '../adapters/postgres';

/** The parts of activities: steps that are done once, undone safely, and told of through the outbox. */
export { activity, finalFailure } from './activity';
export { createDeadLetterActivities, createPostgresGraveyard, graveyardActivities } from './dead-letters';
export type { BuryEvents, DeadLetterActivities, Graveyard } from './dead-letters';
export { applyEachOnce } from './each-once';
export { performOnce, reverseOnce } from './external';
export type { ExternalReversal, ExternalStep } from './external';
export { doOnce, undoOnce } from './local';
export { layTombstones, stepsOfProcess } from './of-process';
export { createEffectsPruning } from './prune';
export { OUTBOX_CHANNEL, UnpublishableEventError, writeOutbox } from './outbox';

export const effectMigrations: MigrationSet = { name: 'effects', folder: path.join(__dirname, 'migrations') };
