import { PARTITIONS } from '../../src/contracts';
import { ownSide } from '../bridge/own-side';
import type { Figure } from '../figures';
import type { Part, PartOptions } from '../part';
import type { TemporalInstead } from '../temporal-instead';
import type { Testbed } from '../testbed';
import { inTestbed } from '../testbed';
import type { ScalingRound } from './round';
import { COUNTS, inWords, scalingFigures, scalingRound } from './round';

/** What the bridges call, and how much of it. */
interface Ground {
  readonly what: string;
  readonly temporal: TemporalInstead | undefined;
  /** The slots of each bridge where slots are the limit. */
  readonly slots: number;
  /** The events of a round: for each bridge where slots are the limit, for all of them with the default concurrency. */
  readonly events: { readonly each: number; readonly all: number };
  /** Events for each bridge before a round. */
  readonly warmUp: number;
}

/**
 * The time of an answer. 64 slots then bear 320 events a second, a third of a processor by what an event costs: with a
 * quicker stub the two processors of a small machine are the limit, and nothing would scale.
 */
const STUB_MS = 200;

/** Four bridges have as many slots as there are partitions. */
const stub = (quick: boolean): Ground => ({
  what: '',
  temporal: { stubMs: STUB_MS },
  slots: 16,
  events: quick ? { each: 160, all: 640 } : { each: 640, all: 2_000 },
  warmUp: 300,
});

/** One slot each: with a few more, the server and its PostgreSQL need all processors, and more bridges cannot help. */
const production = (temporal: TemporalInstead, quick: boolean): Ground => ({
  what: ' on the production server',
  temporal,
  slots: 1,
  events: quick ? { each: 100, all: 400 } : { each: 200, all: 1_000 },
  warmUp: 100,
});

const about = `on a stub of Temporal that answers after ${STUB_MS} ms, or on the production server`;

/** Several bridges on the same stream whose slots are the limit, and add up. */
export const slots: Part = {
  name: 'slots',
  about: `1, 2 and 4 bridges with few slots each, ${about}`,
  onProduction: true,
  run: (options) => {
    const { slots: each, what, ...ground } = groundFor(options);
    const name = each === 1 ? 'bridges of one slot' : `bridges of ${each} slots`;
    const events = (count: number) => ground.events.each * count;
    return scaled(ground, { what: name + what, slots: each, events }, 1.9, options);
  },
};

/** The same with the default concurrency, at which a single bridge can already use all partitions. */
export const bridges: Part = {
  name: 'bridges',
  about: `1, 2 and 4 bridges with the default concurrency, ${about}`,
  onProduction: true,
  run: (options) => {
    const { what, ...ground } = groundFor(options);
    const events = () => ground.events.all;
    return scaled(ground, { what: `bridges${what}`, slots: PARTITIONS, events }, 1, options);
  },
};

function groundFor({ quick, temporal }: PartOptions): Ground {
  return temporal ? production(temporal, quick) : stub(quick);
}

/** The events of a round with a number of bridges. */
type EventsFor = (count: number) => number;

/** @param atLeast the target for two bridges ÷ one */
async function scaled(
  { temporal, warmUp }: Pick<Ground, 'temporal' | 'warmUp'>,
  { what, slots, events }: { readonly what: string; readonly slots: number; readonly events: EventsFor },
  atLeast: number,
  { quick, say }: PartOptions,
): Promise<Figure[]> {
  const repeats = quick ? 1 : 5;
  say(`${repeats} rounds of ${events(1)} to ${events(4)} events for each number of ${what}`);
  const settings = { BRIDGE_CONCURRENCY: String(slots) };
  return inTestbed({ temporal, processes: [], settings }, async (testbed) => {
    const rounds: Record<number, ScalingRound[]> = { 1: [], 2: [], 4: [] };
    for (let n = 1; n <= repeats; n++) {
      for (const count of COUNTS) {
        const round = await roundOf(testbed, count, { run: `r${n}-${count}`, events: events(count), warmUp });
        say(`round ${n}: ${count} ${what} ${inWords(round)}`);
        rounds[count]?.push(round);
      }
    }
    return scalingFigures(what, 'events per second', rounds, { 2: atLeast });
  });
}

/**
 * The bridges are started anew for each number of them: a bridge that is only stopped would keep the events that it was
 * given.
 */
async function roundOf(
  testbed: Testbed,
  count: number,
  { run, events, warmUp }: { run: string; events: number; warmUp: number },
): Promise<ScalingRound> {
  const names = Array.from({ length: count }, (_, at) => (at === 0 ? 'bridge' : `bridge#${at + 1}`));
  const processes = await testbed.start(...names);
  const side = await ownSide(testbed);
  try {
    await side.publish(`w-${run}`, warmUp * count);
    await side.drained(warmUp * count);
    const pids = Object.values(processes.pids());
    for (const pid of pids) process.kill(pid, 'SIGSTOP');
    await side.publish(run, events);
    for (const pid of pids) process.kill(pid, 'SIGCONT');
    return await scalingRound(testbed, events, () => side.drained(events));
  } finally {
    await side.close();
    await processes.stop();
  }
}
