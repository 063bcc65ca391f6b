import type { Registry } from 'prom-client';
import { Gauge } from 'prom-client';
import type { Part, SystemSnapshot } from '../../../observability';

export type Sample = readonly [labels: Readonly<Record<string, string>>, value: number | undefined];

/** Adds a gauge that reads the snapshot at each scrape. */
export type AddGauge = (
  name: `sagaline_${string}`,
  help: string,
  labelNames: readonly string[],
  samples: (snapshot: SystemSnapshot) => readonly Sample[],
) => void;

export function gaugesOf(registry: Registry, latest: () => SystemSnapshot): AddGauge {
  return (name, help, labelNames, samples) => {
    new Gauge({
      ...{ name, help, labelNames, registers: [registry] },
      collect() {
        // What is gone, such as a state without workflows, must not keep its last value.
        this.reset();
        if (labelNames.length === 0) this.remove();
        for (const [labels, value] of samples(latest())) if (value !== undefined) this.set(labels, value);
      },
    });
  };
}

/** The entries of a part; none while it is unknown. */
export function entriesOf<Item>(part: Part<readonly Item[]>): readonly Item[] {
  return part.kind === 'known' ? part.data : [];
}
