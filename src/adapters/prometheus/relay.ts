import type { Registry } from 'prom-client';
import { Counter, Gauge } from 'prom-client';
import type { OutboxState } from '../../relay';

interface RelayMetrics {
  published(count: number): void;
  setAside(count: number): void;
  /** Called at each scrape. */
  active(isActive: () => boolean): void;
  /** Called at each scrape; if it rejects, the gauges keep their latest values. */
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
  const rows = new Gauge({
    name: 'sagaline_outbox_rows',
    help: 'Rows that wait for their stream, by lane; 10000 stands for more',
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
      for (const { lane, waiting: count, oldestSeconds } of found.lanes) {
        waiting.set({ lane }, oldestSeconds);
        rows.set({ lane }, count);
      }
    },
  });
}
