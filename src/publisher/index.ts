/** For producers outside of a project: contracts in, events out, at least once; with an outbox where there is PostgreSQL. */
export { EventConflictError, NotPublishedError } from '../adapters/nats';
export { InvalidEventError } from '../contracts';
export { UnpublishableEventError } from '../effects/outbox';
export { GatewayAnswerError } from './gateway';
export { provisionOutbox, startOutboxRelay, writeToOutbox } from './outbox';
export type { OutboxEventOptions, OutboxRelayOptions } from './outbox';
export { createEventPublisher } from './publisher';
export type { EventOptions, EventPublisher, PublishedEvent, PublisherOptions, Target } from './publisher';
