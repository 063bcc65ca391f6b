/**
 * One event in ten is hostile, of twenty kinds in turn: what that costs the good ones, against the same run with events that
 * are sound and of no interest. Runs of both sorts take turns. `npm run test:full -- hostile [rounds]`, 3 to 6 minutes.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { EVENTS_STREAM } from '../../src/adapters/nats';
import { STRUCTURED_CONTENT_TYPE } from '../../src/contracts';
import { JOURNAL_BRIDGE } from '../support/journal/bridge-entry';
import { asideEvent, notedEvent } from '../support/journal/events';
import type { RawMessage } from '../support/journal/hostile';
import { HOSTILE_KINDS, hostileMessage, publishRaw } from '../support/journal/hostile';
import { acceptedBy } from '../support/journal/rate';
import { onJournalStage, say } from '../support/journal/stage';
import { progressOf, untilSettled } from '../support/journal/stream';
import { rolesWith } from '../support/roles';
import { numberGiven } from './number';

const ROUNDS = numberGiven('rounds', 5);
const GOOD = 1_800;
const ONE_IN = 10;
const JOURNALS = 300;
const RUN_WITHIN_MS = 5 * 60_000;
const LOOK_EVERY_MS = 25;
const AT_LEAST = 0.9;

type Other = (key: string, index: number) => RawMessage;

const aside: Other = (key, index) => asMessage(asideEvent(key, `${key}.aside-${index}`));

say(
  `Budget: ${2 * ROUNDS + 1} runs of ${GOOD} good events and ${GOOD / (ONE_IN - 1)} others, of ${HOSTILE_KINDS} kinds.`,
);

void onJournalStage(async ({ nats, temporal }) => {
  // Of the workflow tasks the development server has enough at any rate: the bridge must not slow down for them.
  const roles = rolesWith(
    {
      NATS_URL: nats.url,
      TEMPORAL_ADDRESS: temporal.address,
      TEMPORAL_NAMESPACE: temporal.namespace,
      BRIDGE_MAX_BACKLOG: '10000000',
    },
    { entry: JOURNAL_BRIDGE },
  );
  try {
    const bridge = await roles.start('bridge');
    const manager = await nats.connection.jetstreamManager();

    const run = async (name: string, other: Other): Promise<number> => {
      await manager.streams.purge(EVENTS_STREAM);
      const messages = mixed(name, other);
      const before = await acceptedBy([bridge]);
      const since = performance.now();
      const publishing = publishRaw(nats.connection, messages);
      while ((await acceptedBy([bridge])) < before + GOOD) {
        if (performance.now() - since > RUN_WITHIN_MS) throw new Error('the good events do not get through');
        await sleep(LOOK_EVERY_MS);
      }
      const perSecond = (GOOD / (performance.now() - since)) * 1_000;
      await publishing;
      await untilSettled(nats.connection, messages.length, RUN_WITHIN_MS);
      say(`${name}: ${perSecond.toFixed(1)} good events a second`);
      return perSecond;
    };

    await run('warm-up', aside);
    const [hostile, sound]: [number[], number[]] = [[], []];
    for (let round = 0; round < ROUNDS; round++) {
      // Each sort comes first in turn: the machine may get slower or faster meanwhile.
      const sorts = [
        async () => void hostile.push(await run(`hostile-${round}`, hostileMessage)),
        async () => void sound.push(await run(`sound-${round}`, aside)),
      ];
      for (const sort of round % 2 === 0 ? sorts : sorts.reverse()) await sort();
    }
    const { deadLetters } = await progressOf(nats.connection);
    const ratio = median(hostile) / median(sound);
    const figures = {
      hostile: hostile.map(Math.round),
      sound: sound.map(Math.round),
      medians: [median(hostile), median(sound)].map(Math.round),
      ratio: Math.round(ratio * 1_000) / 1_000,
      deadLetters,
      hostileEvents: ROUNDS * (GOOD / (ONE_IN - 1)),
    };
    return { held: ratio >= AT_LEAST && deadLetters === figures.hostileEvents, figures };
  } finally {
    await roles.stop();
  }
});

/** Nine good events and one other, again and again; the others under the keys of the good ones. */
function mixed(run: string, other: Other): RawMessage[] {
  return Array.from({ length: (GOOD * ONE_IN) / (ONE_IN - 1) }, (_, index) => {
    const key = `${run}-${index % JOURNALS}`;
    if (index % ONE_IN === 0) return other(key, index / ONE_IN);
    return asMessage(notedEvent(key, `${key}.${index}`));
  });
}

function asMessage({ subject, body }: { subject: string; body: Uint8Array }): RawMessage {
  return { subject, body, headers: { 'Content-Type': STRUCTURED_CONTENT_TYPE } };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? 0)
    : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}
