/** From a message of the stream to a signal, a dead letter or a held event: decode → route → dispatch → settle. */
export { backoff } from './backoff';
export { createBridge } from './bridge';
export { decode } from './decode';
export { dispatch } from './dispatch';
export { quietLog } from './quiet-log';
export { sendToDeadLetters, processAndSettle, createHeartbeats } from './settle';
export type { Settlement } from './settle';
export type { Bridge, BridgeParts } from './bridge';
export type {
  Answer,
  BridgeMetrics,
  DeadLetter,
  DeadLetters,
  Delivery,
  DispatchHook,
  Dispatched,
  DispatchedRoute,
  EventOutcome,
  PoisonDetection,
  Target,
  Unavailability,
  Workflows,
} from './ports';
