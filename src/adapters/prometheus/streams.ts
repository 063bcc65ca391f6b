import type { Registry } from 'prom-client';
import { Gauge } from 'prom-client';
import type { StreamFill } from '../nats';
import { levelOf, shareOf } from '../nats';

type Fill = Omit<StreamFill, 'stream'> & { readonly stream: string };

/** Gauges of how full the streams are, read at each scrape. */
export function streamMetrics(registry: Registry, latest: () => readonly Fill[]): void {
  const gauge = (name: string, help: string, value: (fill: Fill) => number) =>
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
  gauge('sagaline_stream_full', '1 for a stream that has no room for another large message', (fill) =>
    levelOf(fill) === 'full' ? 1 : 0,
  );
}
