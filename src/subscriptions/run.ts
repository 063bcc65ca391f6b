import type { NatsConnection } from 'nats';
import type { Consumption } from '../adapters/nats';
import { consumeEvents } from '../adapters/nats';
import { subjectSpacesOf } from './addressed';
import type { SubscriberParts } from './subscriber';
import { createSubscriber } from './subscriber';

/**
 * Runs a subscription in this process: as one of the group that shares the events, or as a group of its own.
 *
 * @param parts.member name of this process among those that are up, for `broadcast`; lower-case letters, digits and "-"
 */
export function runSubscription(
  connection: NatsConnection,
  parts: SubscriberParts & { readonly member: string },
): Promise<Consumption> {
  const { subscribed, catalogue, member, log } = parts;
  const { subscription } = subscribed;
  const { name, mode } = subscription;
  return consumeEvents(connection, {
    name: mode === 'shared' ? `sub-${name}` : `sub-${name}-${member}`,
    subjects: subjectSpacesOf(subscription, catalogue),
    passing: mode === 'broadcast',
    handle: createSubscriber(parts),
    log,
  });
}
