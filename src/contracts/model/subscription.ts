import type { EventContract, EventOf } from './event';

/** What every subscription has: the events for a consumer other than the bridge's workflows. */
interface Subscribing<Contract extends EventContract> {
  /**
   * Unique among all subscriptions. It names the subscription in metrics and dead letters, and its consumers of the
   * stream.
   */
  readonly name: string;
  readonly events: readonly Contract[];
}

/**
 * The events for a projection, a cache or an export, one at a time. A subscription is data, like a route; the process
 * that runs it binds the handler.
 */
export interface Subscription<Contract extends EventContract = EventContract> extends Subscribing<Contract> {
  /** `shared`: each event goes to one member of the group. `broadcast`: each event goes to every member that is up. */
  readonly mode: 'shared' | 'broadcast';
  readonly batch?: never;
}

/** A subscription whose handler gets many events of many keys in one call, in one transaction with their position. */
export interface BatchSubscription<
  Contract extends EventContract = EventContract,
> extends Subscribing<Contract> {
  /** The members share the events: a position in the database is one for all of them. */
  readonly mode: 'shared';
  readonly batch: SubscriptionBatch;
}

/** When a batch goes to the handler: as soon as one of these limits is reached. */
export interface SubscriptionBatch {
  /** Number of events: 1 to {@link MAX_SUBSCRIPTION_BATCH}. */
  readonly size: number;
  /** Milliseconds after the arrival of the batch's first event: 1 to {@link MAX_SUBSCRIPTION_WAIT_MS}. */
  readonly withinMs: number;
}

/** Each lane of a member has two batches in memory. */
export const MAX_SUBSCRIPTION_BATCH = 1_000;
/** The server delivers an event again that is not acknowledged within ten seconds: half of this is for the handler. */
export const MAX_SUBSCRIPTION_WAIT_MS = 5_000;

/** A subscription of either kind. */
export type AnySubscription<Contract extends EventContract = EventContract> =
  Subscription<Contract> | BatchSubscription<Contract>;

/** The events of a subscription: a union, whose `data` narrows by `type`. */
export type SubscribedEvent<Subscribed> =
  Subscribed extends AnySubscription<infer Contract> ? EventOf<Contract> : never;

const NAME = /^[a-z][a-z0-9-]{0,31}$/;

/**
 * Declares which events a subscription takes; its handler is given to `subscribe`.
 *
 * @example
 * export const lateness = defineSubscription({ name: 'lateness', mode: 'shared', events: [alertRaised] });
 * export const counts = defineSubscription({
 *   name: 'counts',
 *   mode: 'shared',
 *   batch: { size: 500, withinMs: 250 },
 *   events: [alertRaised],
 * });
 */
export function defineSubscription<const Contract extends EventContract>(
  subscription: BatchSubscription<Contract>,
): BatchSubscription<Contract>;
export function defineSubscription<const Contract extends EventContract>(
  subscription: Subscription<Contract>,
): Subscription<Contract>;
export function defineSubscription(subscription: AnySubscription): AnySubscription {
  return Object.freeze(subscription);
}

/** The name that a subscription's dead letters have in place of a route's name. Their redrives ask for it. */
export function subscriptionRoute({ name }: Pick<AnySubscription, 'name'>): string {
  return `subscription:${name}`;
}

/** What is wrong with a subscription, given all contracts that are loaded. */
export function subscriptionProblems(
  subscription: AnySubscription,
  contracts: readonly EventContract[],
): string[] {
  const { name, events } = subscription;
  const problems = NAME.test(name) ? [] : ['its name must be 1 to 32 lower-case letters, digits and "-"'];
  problems.push(...batchProblems(subscription));
  if (events.length === 0) problems.push('it names no event');
  for (const { type } of events) {
    if (!contracts.some((known) => known.type === type)) {
      problems.push(`${type} is not among the events of any domain`);
    }
    const newer = contracts.find(({ upcast }) => upcast?.from === type);
    if (newer) problems.push(`${type} is upcast before it is handed over; name ${newer.type}`);
  }
  return problems.map((problem) => `subscription "${name}": ${problem}`);
}

/** @param mode what a configuration without types has given: it may be `broadcast` with batches */
function batchProblems({
  mode,
  batch,
}: {
  readonly mode: string;
  readonly batch?: SubscriptionBatch;
}): string[] {
  if (batch === undefined) return [];
  return [
    ...(mode === 'shared'
      ? []
      : ['it has batches, whose members share a position; set its mode to "shared"']),
    ...outOfBounds('size', batch.size, MAX_SUBSCRIPTION_BATCH),
    ...outOfBounds('withinMs', batch.withinMs, MAX_SUBSCRIPTION_WAIT_MS),
  ];
}

function outOfBounds(part: keyof SubscriptionBatch, value: number, max: number): string[] {
  if (Number.isSafeInteger(value) && value >= 1 && value <= max) return [];
  return [`\`batch.${part}\` is ${String(value)}; give it a whole number from 1 to ${max}`];
}
