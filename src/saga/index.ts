/** The parts of workflows: the inbox of events, the scope of compensations, the state that people see. */
export type { EventShapes, IgnoredSignals } from './accepted';
export { accumulator, FLUSH_ATTEMPTS } from './accumulator';
export type { AccumulatorInput, Batch } from './accumulator';
export { openDecisions } from './decision';
export type { Decisions } from './decision';
export { openDoor } from './door';
export type { OpenDoor } from './door';
export { asWorkflowFailure, failureOf, SagaFailure } from './failure';
export { forwardSteps } from './forward';
export type { ForwardSteps } from './forward';
export { openInbox } from './inbox';
export type { Deadline, Inbox } from './inbox';
export { openSaga } from './scope';
export type { CompensatableStep, SagaScope } from './scope';
export type { Shape } from './shape';
export { showDetails, showState } from './state';
export { stepsOf, stepsOnOwnDatabase } from './steps';
export { versioned } from './versioning';
