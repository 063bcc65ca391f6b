/** Prometheus: the counters of bridge, gateway and relay, and the process's own. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { InjectedSinks } from '@temporalio/worker';
import type { BridgeMetrics } from '../../bridge';
import { shareOf } from '../nats';
import type { StreamFill } from '../nats';
import type { GatewayMetrics } from '../../gateway';
import type { OutboxState } from '../../relay';
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
    unknownFields: unknownFieldsCounter(registry),
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
    misconfigured: (targets, isMisconfigured) => {
      new Gauge({
        name: 'sagaline_bridge_misconfigured',
        help: '1 where Temporal refuses every event of a workflow type for this target (opening, reaching): they are held',
        labelNames: ['workflow', 'target'],
        registers,
        collect() {
          for (const target of targets)
            this.set({ workflow: target.workflow, target: target.kind }, isMisconfigured(target) ? 1 : 0);
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
    labelNames: ['endpoint', 'outcome'],
    registers: [registry],
  });
  const unknownFields = unknownFieldsCounter(registry);
  return {
    unknownFields,
    accepted: (endpoint, duplicate) =>
      requests.inc({ endpoint, outcome: duplicate ? 'duplicate' : 'accepted' }),
    refused: (endpoint, reason) => requests.inc({ endpoint, outcome: reason }),
  };
}

/** Publishers choose the names of their fields: of more than these a type has one count. */
const FIELDS_OF_A_TYPE = 20;
const LONGEST_FIELD = 64;

function unknownFieldsCounter(registry: Registry): (type: string, fields: readonly string[]) => void {
  const counter = new Counter({
    name: 'sagaline_unknown_fields_total',
    help: 'Events with a field that their contract does not know; it was left out',
    labelNames: ['type', 'field'],
    registers: [registry],
  });
  const known = new Map<string, Set<string>>();
  return (type, fields) => {
    const names = known.get(type) ?? new Set();
    known.set(type, names);
    for (const field of fields) {
      const name = field.slice(0, LONGEST_FIELD);
      const isCounted = names.has(name) || names.size < FIELDS_OF_A_TYPE;
      if (isCounted) names.add(name);
      counter.inc({ type, field: isCounted ? name : 'other' });
    }
  };
}

/** How full the streams are, asked at each scrape. */
export function streamMetrics(registry: Registry, latest: () => readonly StreamFill[]): void {
  const gauge = (name: string, help: string, value: (fill: StreamFill) => number) =>
    new Gauge({
      ...{ name, help, labelNames: ['stream'], registers: [registry] },
      collect() {
        for (const fill of latest()) this.set({ stream: fill.stream }, value(fill));
      },
    });
  gauge('sagaline_stream_bytes', 'Bytes in a stream', ({ bytes }) => bytes);
  gauge(
    'sagaline_stream_max_bytes',
    'Limit of a stream in bytes; below zero: none',
    ({ maxBytes }) => maxBytes,
  );
  gauge('sagaline_stream_messages', 'Messages in a stream', ({ messages }) => messages);
  gauge(
    'sagaline_stream_max_messages',
    'Limit of a stream in messages; below zero: none',
    (fill) => fill.maxMessages,
  );
  gauge('sagaline_stream_fill_ratio', 'Part of the limit that is used, of bytes or messages', shareOf);
}

export interface RelayMetrics {
  published(count: number): void;
  setAside(count: number): void;
  /** Asked at each scrape. */
  active(isActive: () => boolean): void;
  /** Asked at each scrape; one that rejects leaves the latest values. */
  outbox(state: () => Promise<OutboxState>): void;
}

export function relayMetrics(registry: Registry): RelayMetrics {
  const registers = [registry];
  const published = new Counter({
    name: 'sagaline_relay_published_total',
    help: 'Outbox rows published',
    registers,
  });
  const setAside = new Counter({
    name: 'sagaline_relay_set_aside_total',
    help: 'Outbox rows that their stream has refused for good, and that wait for a person',
    registers,
  });
  return {
    published: (count) => published.inc(count),
    setAside: (count) => setAside.inc(count),
    outbox: (state) => addOutboxGauges(state, registers),
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

function addOutboxGauges(state: () => Promise<OutboxState>, registers: Registry[]): void {
  const waiting = new Gauge({
    name: 'sagaline_outbox_waiting_seconds',
    help: 'Age of the oldest row that waits for its stream, by lane: evt is EVENTS, dlq is DEAD_LETTERS',
    labelNames: ['lane'],
    registers,
  });
  new Gauge({
    name: 'sagaline_outbox_set_aside',
    help: 'Rows that are set aside at present: npx sagaline outbox list',
    registers,
    async collect() {
      const found = await state().catch(() => undefined);
      if (!found) return;
      this.set(found.setAside);
      for (const [lane, seconds] of Object.entries(found.waitingSeconds)) waiting.set({ lane }, seconds);
    },
  });
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
  /** After each look at all processes: how many there were, and how many findings of each kind. */
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
    help: 'Processes at the last look',
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
