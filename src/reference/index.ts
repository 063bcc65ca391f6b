/**
 * What others read about a project's contracts: an event reference, JSON Schemas and an AsyncAPI document. It also
 * checks whether a published version has changed. All functions are pure.
 */
export { acceptedLock, contractChanges } from './check';
export type { ContractChange } from './check';
export { eventDocuments, isGenerated, json } from './documents';
export { EMPTY_LOCK, readLock } from './lock';
export type { ContractsLock } from './lock';
