/** What workflows are made of: the inbox of events, sagas and their compensations, steps, decisions. Without zod. */
export * from './saga';
export { capability, compensationsOf } from './contracts/model/capability';
export type { Capability, StepDeclaration } from './contracts/model/capability';
export { DEAD_LETTERED_AT_ONCE, COMPENSATION_STUCK, FAILURES, STEP_STUCK } from './contracts/names/saga';
export type { Decision, FailureMeaning, Money, SagaResult, Stuck } from './contracts/names/saga';
export { isSealed } from './contracts/names/personal';
export type { Personal, Sealed } from './contracts/names/personal';
