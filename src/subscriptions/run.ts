import type { NatsConnection } from 'nats';
import type { Consumption, Group, Provision } from '../adapters/nats';
import { consumeEvents } from '../adapters/nats';
import type { Catalogue, Subscription } from '../contracts';
import { subjectSpacesOf } from './addressed';
import type { SubscriberParts } from './subscriber';
import { createSubscriber } from './subscriber';

/**
 * Runs a subscription in this process: as a member of the group that shares the events, or as a group of its own.
 *
 * @param parts.member name of this process among those that run, for `broadcast`; lower-case letters, digits and "-"
 */
export function runSubscription(
  connection: NatsConnection,
  parts: SubscriberParts & { readonly member: string; readonly provision?: Provision },
): Promise<Consumption> {
  const { subscribed, catalogue, member, log, provision } = parts;
  const { subscription } = subscribed;
  return consumeEvents(connection, {
    ...groupOf(subscription, catalogue, member),
    handle: createSubscriber(parts),
    log,
    ...(provision && { provision }),
  });
}

function groupOf(subscription: Subscription, catalogue: Catalogue, member: string): Group {
  const { name, mode } = subscription;
  return {
    name: mode === 'shared' ? `sub-${name}` : `sub-${name}-${member}`,
    subjects: subjectSpacesOf(subscription, catalogue),
    passing: mode === 'broadcast',
  };
}

/**
 * The groups of the declared shared subscriptions, which have durable consumers whether or not one of their processes
 * runs.
 */
export function sharedGroups(catalogue: Catalogue): Group[] {
  return catalogue.subscriptions
    .filter(({ mode }) => mode === 'shared')
    .map((subscription) => groupOf(subscription, catalogue, ''));
}
