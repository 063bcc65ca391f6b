/** The charts of the page of the throughput: which numbers of a sample each of them has. */
import type { Percentiles, ThroughputSample } from '../../observability';

interface Series {
  readonly name: string;
  readonly of: (sample: ThroughputSample) => number | undefined;
}

export interface Chart {
  readonly id: string;
  readonly title: string;
  readonly unit: '/s' | 's';
  readonly series: readonly Series[];
}

export const CHARTS: readonly Chart[] = [
  {
    ...{ id: 'events', title: 'Events and steps each second', unit: '/s' },
    series: [
      { name: 'stored', of: ({ stored }) => stored },
      { name: 'settled', of: ({ settled }) => settled },
      { name: 'steps', of: ({ steps }) => steps },
      { name: 'written to the outbox', of: ({ written }) => written },
    ],
  },
  {
    ...{ id: 'processes', title: 'Processes each second, over a minute', unit: '/s' },
    series: [
      { name: 'started', of: ({ started }) => started },
      { name: 'ended', of: ({ ended }) => ended },
    ],
  },
  {
    ...{ id: 'ages', title: 'Ages of events', unit: 's' },
    series: [
      ...both('at the start of their process', ({ startDelays }) => startDelays),
      ...both('that wait', ({ waiting }) => waiting),
    ],
  },
  {
    ...{ id: 'durations', title: 'Duration of processes that ended', unit: 's' },
    series: both('of the duration', ({ durations }) => durations),
  },
];

function both(what: string, of: (sample: ThroughputSample) => Percentiles | undefined): Series[] {
  return [
    { name: `p50 ${what}`, of: (sample) => of(sample)?.p50 },
    { name: `p99 ${what}`, of: (sample) => of(sample)?.p99 },
  ];
}

/** What the browser draws: a row for each sample, its time in seconds before the numbers; `null` for what is unknown. */
export interface ChartRows {
  readonly rows: readonly (readonly (number | null)[])[];
}

/** @param after in seconds: only later samples */
export function chartRows(samples: readonly ThroughputSample[], after = 0): ChartRows {
  return {
    rows: samples
      .map((sample): (number | null)[] => [
        Date.parse(sample.at) / 1_000,
        ...CHARTS.flatMap(({ series }) => series.map(({ of }) => of(sample) ?? null)),
      ])
      .filter(([at]) => (at ?? 0) > after),
  };
}
