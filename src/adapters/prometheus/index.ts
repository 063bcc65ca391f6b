/** Prometheus: the counters of bridge, gateway and relay, and the process's own. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { InjectedSinks } from '@temporalio/worker';
import type { BridgeMetrics } from '../../bridge';
import type { GatewayMetrics } from '../../gateway';
import type { IgnoredSignals } from '../../saga';
import type { SubscriptionMetrics } from '../../subscriptions';

/** From one millisecond, an event on a quiet machine, to the minute of an outage. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60];

export function createRegistry(role: string): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ role });
  collectDefaultMetrics({ register: registry });
  return registry;
}

export function bridgeMetrics(registry: Registry): BridgeMetrics {
  const registers = [registry];
  const settled = new Histogram({
    name: 'sagaline_bridge_event_duration_seconds',
    help: 'From the arrival of an event at the bridge to its settlement, by outcome',
    labelNames: ['outcome', 'reason'],
    buckets: SECONDS,
    registers,
  });
  const held = new Counter({
    name: 'sagaline_bridge_held_total',
    help: 'Attempts that could not be carried out; the event is held and tried again',
    labelNames: ['cause'],
    registers,
  });
  return {
    settled: (outcome, reason, seconds) => settled.observe({ outcome, reason: reason ?? '' }, seconds),
    held: (cause) => held.inc({ cause }),
    concurrency: (limit) => {
      new Gauge({
        name: 'sagaline_bridge_concurrency_limit',
        help: 'Events that the bridge handles at once, at most, as adapted to what Temporal and the workers take',
        registers,
        collect() {
          this.set(limit());
        },
      });
    },
    misconfigured: (ways, isMisconfigured) => {
      new Gauge({
        name: 'sagaline_bridge_misconfigured',
        help: '1 where Temporal refuses every event of a workflow type on this way (opening, reaching): they are held',
        labelNames: ['workflow', 'way'],
        registers,
        collect() {
          for (const way of ways)
            this.set({ workflow: way.workflow, way: way.kind }, isMisconfigured(way) ? 1 : 0);
        },
      });
    },
  };
}

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

export function gatewayMetrics(registry: Registry): GatewayMetrics {
  const requests = new Counter({
    name: 'sagaline_gateway_requests_total',
    help: 'Events and webhooks received, by what became of them',
    labelNames: ['door', 'outcome'],
    registers: [registry],
  });
  return {
    accepted: (door, duplicate) => requests.inc({ door, outcome: duplicate ? 'duplicate' : 'accepted' }),
    refused: (door, reason) => requests.inc({ door, outcome: reason }),
  };
}

export interface RelayMetrics {
  published(count: number): void;
  /** Asked at each scrape. */
  active(isActive: () => boolean): void;
}

export function relayMetrics(registry: Registry): RelayMetrics {
  const registers = [registry];
  const published = new Counter({
    name: 'sagaline_relay_published_total',
    help: 'Outbox rows published',
    registers,
  });
  return {
    published: (count) => published.inc(count),
    active: (isActive) => {
      new Gauge({
        name: 'sagaline_relay_active',
        help: '1 for the relay that publishes, 0 for one on standby',
        registers,
        collect() {
          this.set(isActive() ? 1 : 0);
        },
      });
    },
  };
}

/** What a worker's workflows count: to be given to the worker as `sinks`. */
export function workflowSinks(registry: Registry): InjectedSinks<IgnoredSignals> {
  const ignored = new Counter({
    name: 'sagaline_workflow_signals_ignored_total',
    help: 'Signals that brought no event of the workflow, by workflow type and cause: nobody but a person sends them',
    labelNames: ['workflow', 'why'],
    registers: [registry],
  });
  return {
    sagalineSignals: {
      ignored: {
        fn: ({ workflowType: workflow }, why) => ignored.inc({ workflow, why }),
        callDuringReplay: false,
      },
    },
  };
}

export interface ReconciliationMetrics {
  /** After each look at all orders: how many there were, and how many findings of each kind. */
  checked(count: number, findings: Readonly<Record<string, number>>): void;
}

export function reconciliationMetrics(registry: Registry): ReconciliationMetrics {
  const registers = [registry];
  const findings = new Gauge({
    name: 'sagaline_reconciliation_findings',
    help: 'What did not add up at the last look, by kind; 0 again when it does',
    labelNames: ['kind'],
    registers,
  });
  const checked = new Gauge({
    name: 'sagaline_reconciliation_checked',
    help: 'Orders at the last look',
    registers,
  });
  const at = new Gauge({
    name: 'sagaline_reconciliation_timestamp_seconds',
    help: 'When the last look has ended; a worker that has made none says 0',
    registers,
  });
  const known = new Set<string>();
  return {
    checked: (count, byKind) => {
      checked.set(count);
      at.setToCurrentTime();
      for (const kind of Object.keys(byKind)) known.add(kind);
      for (const kind of known) findings.set({ kind }, byKind[kind] ?? 0);
    },
  };
}
