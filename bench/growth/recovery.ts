import { setTimeout as sleep } from 'node:timers/promises';
import type { OwnSide } from '../bridge/own-side';
import { ownSide } from '../bridge/own-side';
import type { Figure } from '../figures';
import { figure } from '../figures';
import type { Part } from '../part';
import type { Testbed } from '../testbed';
import { inTestbed } from '../testbed';

const WARM_UP = { rounds: 4, events: 3_000 };

/** How long the next bridge takes for the backlog of a killed one, and how many events are lost. On a stub that counts. */
export const recovery: Part = {
  name: 'recovery',
  about: 'a backlog after SIGKILL of the bridge: how long until its first event, and until its last',
  run: ({ quick, say }) =>
    inTestbed({ temporal: { stubMs: 0, count: true }, processes: ['bridge'] }, async (testbed) => {
      // For times below a minute, the pauses of a restart weigh more than in the scenario of the target.
      const [repeats, backlog, before] = quick ? [1, 8_000, 2_000] : [2, 100_000, 15_000];
      say(`${repeats} × a backlog of ${backlog} at the moment of the kill, ${before} more before it`);
      const bridge = await ownSide(testbed);
      for (let n = 0; n < WARM_UP.rounds; n++) await bridge.round(`warm-up${n}`, WARM_UP.events);
      const recoveries: Recovery[] = [];
      for (let n = 1; n <= repeats; n++) {
        const one = await recover(testbed, bridge, `k${n}`, { backlog, before });
        say(
          `steady ${one.steadyPerSecond.toFixed(0)}/s; first event after ${one.firstSeconds.toFixed(1)} s, ` +
            `last after ${one.lastSeconds.toFixed(1)} s; ${one.lost} lost, ${one.again} handed over again`,
        );
        recoveries.push(one);
      }
      await bridge.close();
      return figuresOf(recoveries, backlog, quick);
    }),
};

interface Recovery {
  readonly steadyPerSecond: number;
  /** Seconds from the kill. */
  readonly firstSeconds: number;
  readonly lastSeconds: number;
  /** Published, but never given to Temporal. */
  readonly lost: number;
  /** Given to Temporal a second time: the events in flight at the kill. The workflow's inbox drops the repeats. */
  readonly again: number;
}

const LOOK_MS = 50;

async function recover(
  testbed: Testbed,
  bridge: OwnSide,
  run: string,
  { backlog, before }: { backlog: number; before: number },
): Promise<Recovery> {
  const counted = () => testbed.instead?.counted() ?? Promise.reject(new Error('no stub counts'));
  const pid = testbed.pid('bridge');
  const earlier = await counted();
  process.kill(pid, 'SIGSTOP');
  await bridge.publish(run, backlog + before);
  process.kill(pid, 'SIGCONT');

  // The first events are slower because of the stop.
  await until(bridge, (left) => left <= backlog + before / 2);
  const [from, since] = [await bridge.unsettled(), performance.now()];
  const atKill = await until(bridge, (left) => left <= backlog);
  const steadyPerSecond = (from - atKill) / ((performance.now() - since) / 1_000);

  process.kill(pid, 'SIGKILL');
  const killed = performance.now();
  const secondsSince = () => (performance.now() - killed) / 1_000;
  // The last acknowledgements may still be on their way to the server.
  await sleep(LOOK_MS);
  const left = await bridge.unsettled();
  await until(bridge, (now) => now < left);
  const firstSeconds = secondsSince();
  await until(bridge, (now) => now === 0);
  const lastSeconds = secondsSince();

  const later = await counted();
  const events = backlog + before;
  return {
    steadyPerSecond,
    firstSeconds,
    lastSeconds: (lastSeconds * backlog) / left,
    lost: events - (later.distinct - earlier.distinct),
    again: later.signals - earlier.signals - (later.distinct - earlier.distinct),
  };
}

async function until(bridge: OwnSide, reached: (unsettled: number) => boolean): Promise<number> {
  for (;;) {
    const unsettled = await bridge.unsettled();
    if (reached(unsettled)) return unsettled;
    await sleep(LOOK_MS);
  }
}

function figuresOf(recoveries: readonly Recovery[], backlog: number, quick: boolean): Figure[] {
  const of = (name: string, unit: string, read: (one: Recovery) => number, atMost?: number) =>
    figure(`recovery: ${name}`, unit, recoveries.map(read), atMost === undefined ? undefined : { atMost });
  return [
    of('steady rate before the kill', '1/s', ({ steadyPerSecond }) => steadyPerSecond),
    of('first event after SIGKILL', 's', ({ firstSeconds }) => firstSeconds),
    of(`backlog of ${backlog} after SIGKILL`, 's', ({ lastSeconds }) => lastSeconds),
    of(
      `backlog of ${backlog} after SIGKILL ÷ (backlog ÷ steady rate)`,
      '',
      ({ lastSeconds, steadyPerSecond }) => lastSeconds / (backlog / steadyPerSecond),
      quick ? undefined : 1.1,
    ),
    of('events lost', '', ({ lost }) => lost, 0),
    of('events handed to Temporal again, for the inbox to drop', '', ({ again }) => again),
  ];
}
