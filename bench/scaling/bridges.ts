import { setTimeout as sleep } from 'node:timers/promises';
import { PARTITIONS } from '../../src/contracts';
import { ownSide } from '../bridge/own-side';
import type { Figure } from '../figures';
import { figure } from '../figures';
import type { Part } from '../part';
import type { Testbed } from '../testbed';
import { inTestbed } from '../testbed';

const COUNTS = [1, 2, 4] as const;
const LOOK_MS = 20;
const WARM_UP_EVENTS = 2_000;

/** The slots of each bridge: four bridges have as many as there are partitions. */
const SLOTS = 16;

/**
 * Several bridges on the same stream, on a stub that takes 20 ms for an answer: with limited slots, which add up,
 * and with the default concurrency, at which a single bridge can already use all partitions.
 */
export const bridges: Part = {
  name: 'bridges',
  about: '1, 2 and 4 bridges, on a stub of Temporal that answers after 20 ms',
  run: async ({ quick, say }) => {
    const [repeats, events] = quick ? [1, 1_500] : [5, 8_000];
    say(`${repeats} rounds of ${events} events for each number of bridges`);
    const scaled = async (what: string, concurrency: number, atLeast: Readonly<Record<number, number>>) =>
      inTestbed(
        { temporal: { stubMs: 20 }, processes: [], settings: { BRIDGE_CONCURRENCY: String(concurrency) } },
        async (testbed) => {
          const rates: Record<number, number[]> = { 1: [], 2: [], 4: [] };
          for (let n = 1; n <= repeats; n++) {
            for (const count of COUNTS) {
              const rate = await rateOf(testbed, count, { run: `r${n}-${count}`, events });
              say(`round ${n}: ${count} ${what} ${rate.toFixed(0)}/s`);
              rates[count]?.push(rate);
            }
          }
          return scalingFigures(what, 'events per second', rates, atLeast);
        },
      );
    const withSlots = await scaled(`bridges of ${SLOTS} slots`, SLOTS, { 2: 1.9 });
    return quick ? withSlots : [...withSlots, ...(await scaled('bridges', PARTITIONS, { 2: 1.9 }))];
  },
};

/**
 * The bridges are started anew for each number of them: a bridge that is only stopped would keep the events that it was
 * given.
 */
async function rateOf(
  testbed: Testbed,
  count: number,
  { run, events }: { run: string; events: number },
): Promise<number> {
  const names = Array.from({ length: count }, (_, at) => (at === 0 ? 'bridge' : `bridge#${at + 1}`));
  const processes = await testbed.start(...names);
  const side = await ownSide(testbed);
  try {
    const drained = async () => {
      while ((await side.unsettled()) > 0) await sleep(LOOK_MS);
    };
    await side.publish(`w-${run}`, WARM_UP_EVENTS * count);
    await drained();
    const pids = Object.values(processes.pids());
    for (const pid of pids) process.kill(pid, 'SIGSTOP');
    await side.publish(run, events);
    for (const pid of pids) process.kill(pid, 'SIGCONT');
    const since = performance.now();
    await drained();
    return events / ((performance.now() - since) / 1_000);
  } finally {
    await side.close();
    await processes.stop();
  }
}

/** Rates by number of processes, and their ratios to the rate of one. */
export function scalingFigures(
  what: string,
  unit: string,
  rates: Readonly<Record<number, readonly number[]>>,
  atLeast: Readonly<Record<number, number>>,
): Figure[] {
  const [one = []] = Object.values(rates);
  return Object.entries(rates).flatMap(([count, values]) => {
    const rate = figure(`scaling: ${unit}, ${count} ${what}`, '1/s', values);
    if (count === '1') return [rate];
    const ratios = values.map((value, at) => value / (one[at] ?? NaN));
    const target = atLeast[Number(count)];
    const against = target === undefined ? undefined : { atLeast: target };
    return [rate, figure(`scaling: 1 → ${count} ${what}`, '', ratios, against)];
  });
}
