/**
 * For producers outside of a project: they publish events by contract, at least once, and through an outbox if they
 * have PostgreSQL.
 */
export { EventConflictError, NotPublishedError } from '../adapters/nats';
export type { NotPublished } from '../adapters/nats';
export { InvalidEventError } from '../contracts';
export { UnpublishableEventError } from '../effects/outbox';
export type { Statements } from '../effects/outbox';
export type { Relay } from '../relay';
export { GatewayAnswerError } from './gateway';
export type { GatewayTarget } from './gateway';
export type { NatsTarget } from './nats';
export { provisionOutbox, startOutboxRelay, writeToOutbox } from './outbox';
export type { OutboxEventOptions, OutboxRelayOptions } from './outbox';
export { createEventPublisher } from './publisher';
export type { Signing } from './signing';
export type { EventOptions, EventPublisher, PublishedEvent, PublisherOptions, Target } from './publisher';
