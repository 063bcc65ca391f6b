/**
 * The operations on dead letters: find, read, edit, redrive, discard. A dead letter never changes. Each operation is
 * recorded in a stream of its own, and the state of a dead letter follows from these records. Long after that, both are
 * removed.
 */
export { discardDeadLetter } from './discard';
export { editDeadLetter } from './edit';
export { forgetDeadLetters, forgetOldOperations } from './forget';
export type { ForgetParts } from './forget';
export { listDeadLetters } from './list';
export type { DeadLetterPage, ListedDeadLetter } from './list';
export { operationFrom, OPERATIONS_ON_DEAD_LETTERS, sequenceIn, stateAfter } from './operation';
export type { Operation } from './operation';
export type { AppendOperation, DeadLetterParts, Forecast, Republish } from './ports';
export { planRedrive, redriveDeadLetter } from './redrive';
export type { Redriven, RedrivePlan } from './redrive';
export { RefusedError } from './refused';
export { showDeadLetter } from './show';
export { signatureOf } from './signed';
export type { DeadLetterSignature } from './signed';
export type { DeadLetterFile } from './show';
export { deadLetterFrom } from './stored';
