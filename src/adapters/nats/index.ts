/**
 * NATS JetStream: streams, confirmed publishing, and consumption with one un-acknowledged event of a partition at a
 * time.
 */
export { checkStreams, streamProblems } from './streams/check';
export type { StreamProblem } from './streams/check';
export { permissionsOf } from './access/permissions';
export type { NatsAccess, RolePermissions } from './access/permissions';
export { NATS_ROLES, natsRole } from './access/roles';
export { securedBlocks, serverConfiguration, usersConfiguration } from './access/server-configuration';
export { newNatsUser } from './access/user';
export type { NatsRole } from './access/roles';
export type { ServerFiles } from './access/server-configuration';
export { closedForGood, connectNats, natsIsUp } from './connection/connect';
export type { NatsSettings } from './connection/connect';
export { NatsNotEncryptedError } from './connection/first-connect';
export type { NatsFiles } from './connection/credentials';
export { consumeEvents } from './consume/consume';
export type { Consumption } from './consume/consume';
export { openLane } from './consume/lane';
export { consumersOf } from './consume/consumer';
export type { Group, Provision } from './consume/consumer';
export { createDeadLetters } from './dead-letters/dead-letters';
export { DEAD_LETTER_HEADERS } from '../../contracts';
export { onceInStream } from './publish/once-in-stream';
export { parkedDeadLetters, withOverflow } from './dead-letters/overflow';
export { createOperationLog, createRepublisher } from './publish/operations';
export { EventConflictError, NotPublishedError } from './publish/not-published';
export type { NotPublished } from './publish/not-published';
export { createPublisher } from './publish/publish';
export type { Publish, PublishReceipt } from './publish/publish';
export { arrivalRates } from './read/rates';
export { createStreamReader } from './read/read';
export { watchFill } from './streams/fill';
export { levelOf, readFills, shareOf } from './streams/fill-level';
export type { StreamFill } from './streams/fill-level';
export { readLag } from './streams/lag';
export type { PartitionLag } from './streams/lag';
export { createRemover } from './read/remove';
export { createFirstPublisher } from './publish/first';
export type { PublishFirst } from './publish/first';
export { provisionConsumers } from './streams/consumers';
export { startJanitor } from './streams/janitor';
export { AccountLimitsError, StorageError, streamBytesThatFit, streamBytesWanted } from './streams/limits';
export type { StreamSettings } from './streams/wanted-streams';
export { isUnanswered, startingPatience } from './connection/patience';
export { ConsumersBusyError, rewindConsumers } from './consume/rewind';
export type { Rewound } from './consume/rewind';
export { isSettled } from './consume/settled';
export {
  DEAD_LETTERS_STREAM,
  EVENTS_STREAM,
  OPERATIONS_STREAM,
  OVERFLOW_STREAM,
  assertAccountHasRoom,
  eventsClock,
  eventsIdentity,
  provisionStreams,
  streamsAreReady,
} from './streams/streams';
export { createPoisonMarks } from './consume/poison-marks';
export { tail } from './read/tail';
export { startUnparking } from './dead-letters/unpark';
