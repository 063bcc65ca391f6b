/** From a message of the stream to a signal, a dead letter or a held event: decode → route → dispatch → settle. */
export { createBridge } from './bridge';
export type { BridgeParts } from './bridge';
export type {
  Answer,
  BridgeMetrics,
  DeadLetter,
  DeadLetters,
  Delivery,
  EventOutcome,
  Suspects,
  Target,
  Unavailability,
  Workflows,
} from './ports';
