import { setTimeout as sleep } from 'node:timers/promises';
import type { OwnSide } from '../bridge/own-side';
import { ownSide } from '../bridge/own-side';
import type { Figure } from '../figures';
import { figure } from '../figures';
import type { Part } from '../part';
import { residentMiB } from '../proc';
import type { Testbed } from '../testbed';
import { inTestbed } from '../testbed';

/** The size of a backlog, and how often it is processed within a repeat: a small one takes only a moment. */
interface Backlog {
  readonly events: number;
  readonly times: number;
}

const FULL: readonly Backlog[] = [
  { events: 1_000, times: 15 },
  { events: 10_000, times: 2 },
  { events: 100_000, times: 1 },
];
const QUICK: readonly Backlog[] = [
  { events: 100, times: 10 },
  { events: 1_000, times: 1 },
  { events: 10_000, times: 1 },
];
const WARM_UP = { rounds: 4, events: 3_000 };
/** V8 keeps its reserved memory for a while. More than this for a backlog would mean that the bridge keeps a list of it. */
const MIB_AT_MOST = 32;
/** After the warm-up the bridge has allocated what it needs for its work; in this time it gives some of it back. */
const IDLE_MS = 5_000;

/**
 * W5: the cost of a larger backlog, for each event and in memory, on the stub: a real server would hide the costs of the
 * bridge.
 */
export const backlog: Part = {
  name: 'backlog',
  about: 'processor time per event and memory of the bridge, by the size of the backlog before it',
  run: ({ quick, say }) =>
    inTestbed({ temporal: { stubMs: 0 }, processes: ['bridge'] }, async (testbed) => {
      const [repeats, sizes] = quick ? [1, QUICK] : [2, FULL];
      say(
        `${repeats} repeats; ${sizes.map(({ events, times }) => `${times} × ${events}`).join(', ')} events in each`,
      );
      const bridge = await ownSide(testbed);
      for (let n = 0; n < WARM_UP.rounds; n++) await bridge.round(`warm-up${n}`, WARM_UP.events);
      await sleep(IDLE_MS);
      const idleMiB = residentMiB(testbed.pid('bridge'));
      const rounds: Measured[][] = [];
      for (let n = 1; n <= repeats; n++) {
        const measured: Measured[] = [];
        // Up and down the sizes in turn, because a process also grows with its age.
        for (const at of n % 2 === 1 ? sizes.keys() : [...sizes.keys()].reverse()) {
          const size = sizes[at];
          if (size) measured[at] = await ofSize(testbed, bridge, `r${n}`, size);
        }
        rounds.push(measured);
        say(
          `repeat ${n}: ${measured.map(({ cpuMs, mostMiB }) => `${cpuMs.toFixed(3)} ms, ${mostMiB.toFixed(0)} MiB`).join('; ')}`,
        );
      }
      await bridge.close();
      return figuresOf(sizes, rounds, { idleMiB, quick });
    }),
};

interface Measured {
  /** Processor time for each event. */
  readonly cpuMs: number;
  /** The highest resident memory while the backlog was processed. */
  readonly mostMiB: number;
}

async function ofSize(
  testbed: Testbed,
  bridge: OwnSide,
  run: string,
  { events, times }: Backlog,
): Promise<Measured> {
  let cpuMs = 0;
  let mostMiB = 0;
  for (let n = 1; n <= times; n++) {
    const watching = watchMemory(testbed.pid('bridge'), (mib) => (mostMiB = Math.max(mostMiB, mib)));
    const round = await bridge.round(`${run}-${events}-${n}`, events);
    watching.abort();
    cpuMs += round.cpuMs / times;
  }
  return { cpuMs, mostMiB };
}

const LOOK_MS = 100;

function watchMemory(pid: number, saw: (mib: number) => void): AbortController {
  const stopping = new AbortController();
  const look = async () => {
    while (!stopping.signal.aborted) {
      saw(residentMiB(pid));
      await sleep(LOOK_MS);
    }
  };
  void look();
  return stopping;
}

function figuresOf(
  sizes: readonly Backlog[],
  rounds: readonly Measured[][],
  { idleMiB, quick }: { idleMiB: number; quick: boolean },
): Figure[] {
  const largest = sizes.length - 1;
  const of = (at: number, read: (measured: Measured) => number) =>
    rounds.map((round) => read(round[at] ?? { cpuMs: NaN, mostMiB: NaN }));
  const against = (
    read: (measured: Measured) => number,
    compare: (large: number, small: number) => number,
  ) => {
    const small = of(0, read);
    return of(largest, read).map((large, at) => compare(large, small[at] ?? NaN));
  };
  const [least, most] = [sizes[0]?.events ?? 0, sizes[largest]?.events ?? 0];
  const cpu = ({ cpuMs }: Measured) => cpuMs;
  const memory = ({ mostMiB }: Measured) => mostMiB;
  return [
    ...sizes.map(({ events }, at) =>
      figure(`growth: processor time per event, backlog of ${events}`, 'ms', of(at, cpu)),
    ),
    figure(
      `growth: processor time per event, backlog of ${most} ÷ of ${least}`,
      '',
      against(cpu, (large, small) => large / small),
      { atMost: 1.05 },
    ),
    figure('growth: memory of the bridge, idle after its warm-up', 'MiB', [idleMiB]),
    ...sizes.map(({ events }, at) =>
      figure(`growth: memory of the bridge, backlog of ${events}`, 'MiB', of(at, memory)),
    ),
    figure(
      `growth: memory of the bridge, backlog of ${most} more than idle`,
      'MiB',
      of(largest, memory).map((mib) => mib - idleMiB),
    ),
    figure(
      `growth: memory of the bridge, backlog of ${most} more than of ${least}`,
      'MiB',
      against(memory, (large, small) => large - small),
      // A single repeat goes through the sizes in one direction only.
      quick ? undefined : { atMost: MIB_AT_MOST },
    ),
  ];
}
