import type { Registry } from 'prom-client';
import { Counter, Histogram } from 'prom-client';
import type { SubscriptionMetrics } from '../../subscriptions';
import { SECONDS } from './buckets';

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
  const held = new Counter({
    name: 'sagaline_subscription_held_total',
    help: 'Attempts that could not be carried out; the event is held and tried again',
    labelNames: ['subscription', 'cause'],
    registers,
  });
  return (subscription) => ({
    settled: (outcome, reason, seconds) =>
      settled.observe({ subscription, outcome, reason: reason ?? '' }, seconds),
    held: (cause) => held.inc({ subscription, cause }),
  });
}
