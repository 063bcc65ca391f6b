/**
 * What people do with dead letters: find, read, edit, redrive, discard. Dead letters are never changed; what was done stands in a
 * stream of its own, and the state of a dead letter follows from it. Long after that both are removed.
 */
export { discardDeadLetter } from './discard';
export { editDeadLetter } from './edit';
export { forgetClosedDeadLetters, forgetOldOperations } from './forget';
export type { ForgetParts } from './forget';
export { listDeadLetters } from './list';
export type { DeadLetterPage, ListedDeadLetter } from './list';
export type { Operation } from './operation';
export type { AppendOperation, DeadLetterParts, Forecast, Republish } from './ports';
export { planRedrive, redriveDeadLetter } from './redrive';
export type { Redriven, RedrivePlan } from './redrive';
export { RefusedError } from './refused';
export { showDeadLetter } from './show';
export type { DeadLetterFile } from './show';
