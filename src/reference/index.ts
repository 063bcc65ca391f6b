/**
 * What others read of a project's contracts: an event reference, JSON Schemas and an AsyncAPI document; and whether a
 * published version has changed. Pure.
 */
export { acceptedLock, contractChanges } from './check';
export type { ContractChange } from './check';
export { eventDocuments, isGenerated, json } from './documents';
export { EMPTY_LOCK, readLock } from './lock';
export type { ContractsLock } from './lock';
