import type { Registry } from 'prom-client';
import { Counter, Histogram } from 'prom-client';
import type { SubscriptionMetrics } from '../../subscriptions';
import { AGES, SECONDS } from './buckets';

/** @returns the metrics of one subscription, by its name */
export function subscriptionMetrics(registry: Registry): (subscription: string) => SubscriptionMetrics {
  const registers = [registry];
  const settled = new Histogram({
    name: 'sagaline_subscription_event_duration_seconds',
    help: 'From the arrival of an event at a subscription to its settlement, by outcome',
    labelNames: ['subscription', 'outcome', 'reason'],
    buckets: SECONDS,
    registers,
  });
  const age = new Histogram({
    name: 'sagaline_subscription_event_age_seconds',
    help: 'From the time of an event to its settlement at a subscription; given back events are not counted',
    labelNames: ['subscription', 'outcome'],
    buckets: AGES,
    registers,
  });
  const held = new Counter({
    name: 'sagaline_subscription_held_total',
    help: 'Attempts that could not be carried out; the event is held and tried again',
    labelNames: ['subscription', 'cause'],
    registers,
  });
  return (subscription) => ({
    settled: (outcome, reason, seconds, ageSeconds) => {
      settled.observe({ subscription, outcome, reason: reason ?? '' }, seconds);
      if (outcome !== 'released' && ageSeconds !== undefined)
        age.observe({ subscription, outcome }, ageSeconds);
    },
    held: (cause) => held.inc({ subscription, cause }),
  });
}
