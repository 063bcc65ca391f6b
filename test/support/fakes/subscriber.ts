import { setImmediate as turn } from 'node:timers/promises';
import type { Delivery } from '../../../src/delivery';
import type { DomainEvent } from '../../../src/contracts';
import { createCatalogue, defineSubscription } from '../../../src/contracts';
import type { SubscriptionMetrics } from '../../../src/subscriptions';
import { createSubscriber, subscribe } from '../../../src/subscriptions';
import { rememberingLog } from '../log';
import { pinged, pingDomain, ponged } from '../ping/domain';
import { fakeDeadLetters, fakeDelivery } from './bridge';

export const pings = defineSubscription({ name: 'pings', mode: 'shared', events: [pinged, ponged] });

/** A subscription on fakes. Its pauses take no time; `onPause` can let others continue, or end everything. */
export function subscriberAmongFakes(options: {
  handle: (event: DomainEvent) => Promise<void>;
  refusedDeadLetters?: number;
  onPause?: (count: number, stop: AbortController) => Promise<void> | void;
  surroundings?: () => Promise<boolean>;
  attempts?: number;
}) {
  const calls: string[] = [];
  const settlements: { outcome: string; reason: string | undefined }[] = [];
  const holds: string[] = [];
  const stop = new AbortController();
  const deadLetters = fakeDeadLetters(options.refusedDeadLetters, calls);
  const metrics: SubscriptionMetrics = {
    settled: (outcome, reason) => void settlements.push({ outcome, reason }),
    held: (cause) => void holds.push(cause),
  };
  let pauses = 0;
  const handle = createSubscriber({
    subscribed: subscribe(pings, { handle: options.handle }),
    catalogue: createCatalogue([{ ...pingDomain, subscriptions: [pings] }]),
    deadLetters,
    ...(options.surroundings && { surroundings: options.surroundings }),
    ...(options.attempts !== undefined && { attempts: options.attempts }),
    metrics,
    log: rememberingLog(),
    now: () => 0,
    random: () => 0,
    sleep: async () => {
      await options.onPause?.(++pauses, stop);
      await turn();
    },
  });
  return {
    calls,
    settlements,
    holds,
    deadLetters: deadLetters.deadLetters,
    pauses: () => pauses,
    deliver: (changes: Partial<Delivery> = {}) => handle(fakeDelivery(changes, calls), stop.signal),
  };
}
