import type { NatsConnection } from 'nats';
import type { Group, Provision } from '../adapters/nats';
import { consumeEvents, consumersOf } from '../adapters/nats';
import type { Database } from '../adapters/postgres';
import type { AnySubscription, Catalogue } from '../contracts';
import { PARTITIONS } from '../contracts';
import { subjectSpacesOf } from './addressed';
import { createPostgresLanes } from './batch/lanes.postgres';
import { runBatches } from './batch/run';
import type { Running } from './running';
import type { Subscribed } from './subscribe';
import type { SubscriberParts } from './subscriber';
import { createSubscriber } from './subscriber';

/**
 * Runs a subscription in this process: as a member of the group that shares the events, or as a group of its own.
 *
 * @param parts.member name of this process among those that run, for `broadcast` and for batches; lower-case letters,
 *   digits and "-"
 * @param parts.database where a batch subscription has its position
 */
export async function runSubscription(
  connection: NatsConnection,
  {
    subscribed,
    database,
    ...parts
  }: Omit<SubscriberParts, 'subscribed'> & {
    readonly subscribed: Subscribed;
    readonly member: string;
    readonly database: Database;
    readonly provision?: Provision;
  },
): Promise<Running> {
  const { catalogue, member, log, provision } = parts;
  const group = groupOf(subscribed.subscription, catalogue, member);
  if ('handleBatch' in subscribed) {
    const lanes = createPostgresLanes(database, subscribed.subscription.name, consumersOf(group).count);
    return runBatches(connection, { ...parts, subscribed, group, lanes });
  }
  const consumption = await consumeEvents(connection, {
    ...group,
    handle: createSubscriber({ ...parts, subscribed }),
    log,
    ...(provision && { provision }),
  });
  return { stop: () => consumption.stop(), consumes: () => consumption.active() === PARTITIONS };
}

function groupOf(subscription: AnySubscription, catalogue: Catalogue, member: string): Group {
  const { name, mode, batch } = subscription;
  const subjects = subjectSpacesOf(subscription, catalogue);
  // Not `sub-`: consumers of the other kind, from before a change of the declaration, would have the same names.
  if (batch) return { name: `batch-${name}`, subjects, batch };
  return {
    ...{ name: mode === 'shared' ? `sub-${name}` : `sub-${name}-${member}`, subjects },
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
