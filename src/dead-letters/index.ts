/**
 * What people do with dead letters: find, read, edit, redrive, discard. Letters are never changed; what was done stands in a
 * stream of its own, and the state of a letter follows from it. Long after that both are removed.
 */
export { discardLetter } from './discard';
export { editLetter } from './edit';
export { forgetClosedLetters, forgetOldOperations } from './forget';
export type { ForgetParts } from './forget';
export { listLetters } from './list';
export type { LetterPage, ListedLetter } from './list';
export type { Operation } from './operation';
export type { AppendOperation, DeadLetterParts, Outlook, Republish } from './ports';
export { planRedrive, redriveLetter } from './redrive';
export type { Redriven, RedrivePlan } from './redrive';
export { RefusedError } from './refused';
export { showLetter } from './show';
export type { LetterFile } from './show';
