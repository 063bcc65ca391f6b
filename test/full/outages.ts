/**
 * Temporal away for 60 s under load, then NATS killed and away for 30 s: nothing is lost or doubled, the former rate is
 * there within 5 s of the return, the log stays readable. `npm run test:full -- outages [events a second]`, 4 minutes.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { closeBooks, faultsIn } from '../support/journal/books';
import { JOURNAL_BRIDGE } from '../support/journal/bridge-entry';
import { linesBetween } from '../support/journal/log-lines';
import type { Load } from '../support/journal/load';
import { startLoad } from '../support/journal/load';
import type { RateMeter } from '../support/journal/rate';
import { startRateMeter } from '../support/journal/rate';
import type { JournalStage } from '../support/journal/stage';
import { onJournalStage, say } from '../support/journal/stage';
import { progressOf, untilSettled } from '../support/journal/stream';
import { startProxy } from '../support/proxy';
import type { RoleProcess } from '../support/roles';
import { rolesWith } from '../support/roles';
import { numberGiven } from './number';

const BRIDGES = 2;
/** Below what the development server takes on two busy cores, so that there is something to catch up with. */
const PER_SECOND = numberGiven('events a second', 30);
const EVENTS_OF_EACH = 10;
const WARM_UP_MS = 10_000;
const MEASURED_MS = 15_000;
const TEMPORAL_AWAY_MS = 60_000;
const NATS_AWAY_MS = 30_000;
const BACK_WITHIN_MS = 5_000;
const OF_FORMER_RATE = 0.9;
const LINES_A_SECOND = 1;
const CAUGHT_UP_WITHIN_MS = 10 * 60_000;
/** So few events are on their way at any moment. */
const CAUGHT_UP = 2 * PER_SECOND;

interface Outage {
  readonly formerRate: number;
  readonly backAfterMs: number | undefined;
  readonly rateWithin5s: number;
  readonly catchUpRate: number;
  readonly caughtUpAfterMs: number;
  readonly laterRate: number;
  /** Of the bridge that wrote most, over the whole outage. */
  readonly linesASecond: number;
  readonly mostLinesInASecond: number;
  readonly lines: readonly Readonly<Record<string, number>>[];
}

say(`Budget: 4 minutes at ${PER_SECOND} events a second.`);

void onJournalStage(async ({ nats, temporal }) => {
  const proxy = await startProxy(temporal.address);
  const roles = rolesWith(
    { NATS_URL: nats.url, TEMPORAL_ADDRESS: proxy.address, TEMPORAL_NAMESPACE: temporal.namespace },
    { entry: JOURNAL_BRIDGE },
  );
  try {
    const bridges = await Promise.all(Array.from({ length: BRIDGES }, () => roles.start('bridge')));
    const meter = startRateMeter(bridges);
    const load = startLoad(nats.connection, {
      run: 'outage',
      perSecond: PER_SECOND,
      eventsOfEach: EVENTS_OF_EACH,
    });
    await sleep(WARM_UP_MS);
    const scene = { nats, bridges, meter, load };
    const temporalAway = await outage(scene, TEMPORAL_AWAY_MS, {
      begin: () => proxy.close(),
      end: () => proxy.open(),
    });
    const natsAway = await outage(scene, NATS_AWAY_MS, { begin: () => nats.kill(), end: () => nats.start() });

    const published = await load.stop();
    const events = [...published.values()].flat().length;
    await untilSettled(nats.connection, events, CAUGHT_UP_WITHIN_MS);
    const books = await closeBooks(nats.connection, temporal.client, [...published.keys()]);
    await meter.stop();
    const { deadLetters } = await progressOf(nats.connection);
    // Those that had to be published again after an outage may have been overtaken: order is proved elsewhere.
    const { lost, doubled } = faultsIn(books, published);
    const figures = { temporalAway, natsAway, events, lost, doubled, deadLetters };
    return { held: lost + doubled + deadLetters === 0 && [temporalAway, natsAway].every(isBack), figures };
  } finally {
    await roles.stop();
    await proxy.close();
  }
});

interface Scene {
  readonly nats: JournalStage['nats'];
  readonly bridges: readonly RoleProcess[];
  readonly meter: RateMeter;
  readonly load: Load;
}

function isBack({ backAfterMs, linesASecond }: Outage): boolean {
  return backAfterMs !== undefined && backAfterMs <= BACK_WITHIN_MS && linesASecond <= LINES_A_SECOND;
}

async function outage(
  { nats, bridges, meter, load }: Scene,
  awayMs: number,
  { begin, end }: { begin: () => Promise<void>; end: () => Promise<void> },
): Promise<Outage> {
  await sleep(MEASURED_MS);
  const [began, beganAt] = [performance.now(), Date.now()];
  const formerRate = meter.between(began - MEASURED_MS, began);
  await begin();
  await sleep(awayMs);
  await end();
  const [back, backAt] = [performance.now(), Date.now()];
  // What could not even be published waits with the load.
  while ((await settled(nats)) < load.offered() - CAUGHT_UP) {
    if (performance.now() - back > CAUGHT_UP_WITHIN_MS) throw new Error('the backlog does not go down');
    await sleep(200);
  }
  const caughtUp = performance.now();
  await sleep(Math.max(MEASURED_MS, back + 2 * BACK_WITHIN_MS - caughtUp));
  const backFrom = meter.firstAtLeast(OF_FORMER_RATE * formerRate, back);
  const written = bridges.map((bridge) => linesBetween(bridge.output(), beganAt, backAt));
  return {
    formerRate: rounded(formerRate),
    backAfterMs: backFrom === undefined ? undefined : Math.round(backFrom - back),
    rateWithin5s: rounded(meter.between(back, back + BACK_WITHIN_MS)),
    catchUpRate: rounded(meter.between(back, caughtUp)),
    caughtUpAfterMs: Math.round(caughtUp - back),
    laterRate: rounded(meter.between(performance.now() - MEASURED_MS, performance.now())),
    linesASecond: Math.max(...written.map(({ count }) => (count * 1_000) / (backAt - beganAt))),
    mostLinesInASecond: Math.max(...written.map(({ mostInASecond }) => mostInASecond)),
    lines: written.map(({ byMessage }) => byMessage),
  };
}

async function settled({ connection }: JournalStage['nats']): Promise<number> {
  const { stored, left } = await progressOf(connection).catch(() => ({ stored: 0, left: 0 }));
  return stored - left;
}

function rounded(rate: number): number {
  return Math.round(rate * 10) / 10;
}
