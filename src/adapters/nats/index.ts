/** NATS JetStream: the streams, publishing with confirmation, and one un-acknowledged event of a partition at a time. */
export { connectNats, natsIsUp } from './connect';
export { consumeEvents } from './consume';
export type { Consumption } from './consume';
export { createDeadLetters, DEAD_LETTER_HEADERS } from './dead-letters';
export { createPublisher, NotPublishedError } from './publish';
export type { Publish, PublishReceipt } from './publish';
export { DEAD_LETTERS_STREAM, EVENTS_STREAM, provisionStreams, streamsAreReady } from './streams';
