import type { Registry } from 'prom-client';
import { Counter, Gauge, Histogram } from 'prom-client';
import type { BridgeMetrics } from '../../bridge';
import { AGES, SECONDS } from './buckets';
import { unknownFieldsCounter } from './unknown-fields';

export function bridgeMetrics(registry: Registry): BridgeMetrics {
  const registers = [registry];
  const settled = new Histogram({
    name: 'sagaline_bridge_event_duration_seconds',
    help: 'From the arrival of an event at the bridge to its settlement, by outcome',
    labelNames: ['outcome', 'reason'],
    buckets: SECONDS,
    registers,
  });
  const age = new Histogram({
    name: 'sagaline_bridge_event_age_seconds',
    help: 'From the time of an event to its settlement at the bridge, by outcome; given back events are not counted',
    labelNames: ['outcome'],
    buckets: AGES,
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
    settled: (outcome, reason, seconds, ageSeconds) => {
      settled.observe({ outcome, reason: reason ?? '' }, seconds);
      if (outcome !== 'released' && ageSeconds !== undefined) age.observe({ outcome }, ageSeconds);
    },
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
