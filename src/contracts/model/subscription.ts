import type { EventContract, EventOf } from './event';

/**
 * The events for a consumer other than the bridge's workflows: a projection, a cache or an export. A subscription is
 * data, like a route; the process that runs it binds the handler.
 */
export interface Subscription<Contract extends EventContract = EventContract> {
  /**
   * Unique among all subscriptions. It names the subscription in metrics and dead letters, and its consumers of the
   * stream.
   */
  readonly name: string;
  readonly events: readonly Contract[];
  /** `shared`: each event goes to one member of the group. `broadcast`: each event goes to every member that is up. */
  readonly mode: 'shared' | 'broadcast';
}

/** The events of a subscription: a union, whose `data` narrows by `type`. */
export type SubscribedEvent<Subscribed> =
  Subscribed extends Subscription<infer Contract> ? EventOf<Contract> : never;

const NAME = /^[a-z][a-z0-9-]{0,31}$/;

/**
 * Declares which events a subscription takes; its handler is given to `subscribe`.
 *
 * @example
 * export const lateness = defineSubscription({ name: 'lateness', mode: 'shared', events: [alertRaised] });
 */
export function defineSubscription<const Contract extends EventContract>(
  subscription: Subscription<Contract>,
): Subscription<Contract> {
  return Object.freeze(subscription);
}

/** The name that a subscription's dead letters have in place of a route's name. Their redrives ask for it. */
export function subscriptionRoute({ name }: Pick<Subscription, 'name'>): string {
  return `subscription:${name}`;
}

/** What is wrong with a subscription, given all contracts that are loaded. */
export function subscriptionProblems(
  { name, events }: Subscription,
  contracts: readonly EventContract[],
): string[] {
  const problems = NAME.test(name) ? [] : ['its name must be 1 to 32 lower-case letters, digits and "-"'];
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
