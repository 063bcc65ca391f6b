/**
 * The bridge turns a message of the stream into a signal, a dead letter or a held event: decode → route → dispatch →
 * settle.
 */
export { createBridge } from './bridge';
export type { Bridge, BridgeParts } from './bridge';
export { dispatch } from './dispatch';
export { createWaitingQuota } from './waiting-quota';
export type {
  Answer,
  BridgeMetrics,
  DispatchHook,
  Dispatched,
  DispatchedRoute,
  EventOutcome,
  PoisonMarks,
  Target,
  Unavailability,
  Workflows,
} from './ports';
