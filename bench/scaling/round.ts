import type { Figure } from '../figures';
import { figure } from '../figures';
import type { Testbed } from '../testbed';
import { isTemporal, usageOf, usedBetween } from '../usage';

/** Numbers of processes that are compared. */
export const COUNTS = [1, 2, 4] as const;

/** A round with a number of processes of a kind. */
export interface ScalingRound {
  readonly perSecond: number;
  /** Processors that the servers and all processes of the testbed kept busy, together. */
  readonly busy: number;
  /** Processor time for each item, in milliseconds: of Temporal, of NATS and of everything else. */
  readonly cpuMs: Readonly<Record<'temporal' | 'nats' | 'processes', number>>;
}

/** Measures `act`, which gets through `items` items. */
export async function scalingRound(
  testbed: Testbed,
  items: number,
  act: () => Promise<void>,
): Promise<ScalingRound> {
  const [before, since] = [usageOf(testbed), performance.now()];
  await act();
  const seconds = (performance.now() - since) / 1_000;
  const after = usageOf(testbed);
  const used = (counts: (name: string) => boolean) => usedBetween(before, after, counts);
  const each = (counts: (name: string) => boolean) => (used(counts) * 1_000) / items;
  return {
    perSecond: items / seconds,
    busy: used(() => true) / seconds,
    cpuMs: {
      temporal: each(isTemporal),
      nats: each((name) => name === 'nats'),
      processes: each((name) => !isTemporal(name) && name !== 'nats'),
    },
  };
}

export function inWords({ perSecond, busy, cpuMs: { temporal, nats, processes } }: ScalingRound): string {
  const costs = `processes ${processes.toFixed(2)}, Temporal ${temporal.toFixed(2)}, NATS ${nats.toFixed(2)} ms`;
  return `${perSecond.toFixed(1)}/s, ${busy.toFixed(2)} processors busy (${costs} each)`;
}

/** The rounds by number of processes, and the ratios of their rates to that of one process. */
export function scalingFigures(
  what: string,
  unit: string,
  rounds: Readonly<Record<number, readonly ScalingRound[]>>,
  atLeast: Readonly<Record<number, number>>,
): Figure[] {
  const [one = []] = Object.values(rounds);
  return Object.entries(rounds).flatMap(([count, values]) => {
    const of = (name: string, in_: string, read: (round: ScalingRound) => number) =>
      figure(`scaling: ${name}, ${count} ${what}`, in_, values.map(read));
    const measured = [
      of(unit, '1/s', ({ perSecond }) => perSecond),
      of('processors busy', '', ({ busy }) => busy),
      of('processor time each, processes', 'ms', ({ cpuMs }) => cpuMs.processes),
      of("processor time each, Temporal's server", 'ms', ({ cpuMs }) => cpuMs.temporal),
    ];
    if (count === '1') return measured;
    const ratios = values.map(({ perSecond }, at) => perSecond / (one[at]?.perSecond ?? NaN));
    const target = atLeast[Number(count)];
    const against = target === undefined ? undefined : { atLeast: target };
    return [...measured, figure(`scaling: 1 → ${count} ${what}`, '', ratios, against)];
  });
}
