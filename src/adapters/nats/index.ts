/** NATS JetStream: the streams, publishing with confirmation, and one un-acknowledged event of a partition at a time. */
export { checkStreams } from './check';
export { closedForGood, connectNats, natsIsUp } from './connect';
export { consumeEvents } from './consume';
export type { Consumption } from './consume';
export type { Group, Provision } from './consumer';
export { createDeadLetters } from './dead-letters';
export { DEAD_LETTER_HEADERS } from '../../contracts';
export { onceInStream } from './once-in-stream';
export { parkedDeadLetters, withOverflow } from './overflow';
export { createOperationLog, createRepublisher } from './operations';
export { EventConflictError, NotPublishedError } from './not-published';
export type { NotPublished } from './not-published';
export { createPublisher } from './publish';
export type { Publish, PublishReceipt } from './publish';
export { createStreamReader } from './read';
export { shareOf, watchFill } from './fill';
export type { StreamFill } from './fill';
export { createRemover } from './remove';
export { createFirstPublisher } from './first';
export type { PublishFirst } from './first';
export { startJanitor } from './janitor';
export { StorageError, streamBytesThatFit } from './limits';
export { startingPatience } from './patience';
export { isSettled } from './settled';
export {
  DEAD_LETTERS_STREAM,
  EVENTS_STREAM,
  OPERATIONS_STREAM,
  OVERFLOW_STREAM,
  provisionStreams,
  streamsAreReady,
} from './streams';
export { createPoisonDetection } from './poison-detection';
export { tail } from './tail';
export { startUnparking } from './unpark';
