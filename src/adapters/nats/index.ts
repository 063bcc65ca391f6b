/** NATS JetStream: the streams, publishing with confirmation, and one un-acknowledged event of a partition at a time. */
export { closedForGood, connectNats, natsIsUp } from './connect';
export { consumeEvents } from './consume';
export type { Consumption } from './consume';
export { createDeadLetters } from './dead-letters';
export { DEAD_LETTER_HEADERS } from '../../contracts';
export { onceInStream } from './once-in-stream';
export { createOperationLog, createRepublisher } from './operations';
export { EventConflictError, NotPublishedError } from './not-published';
export { createPublisher } from './publish';
export type { Publish, PublishReceipt } from './publish';
export { createStreamReader } from './read';
export { createFirstPublisher } from './first';
export type { PublishFirst } from './first';
export { startJanitor } from './janitor';
export { isSettled } from './settled';
export {
  DEAD_LETTERS_STREAM,
  EVENTS_STREAM,
  OPERATIONS_STREAM,
  provisionStreams,
  streamsAreReady,
} from './streams';
export { createSuspects } from './suspects';
export { tail } from './tail';
