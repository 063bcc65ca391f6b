// Bridges that are killed, stopped and told little: whatever they do ahead of its turn, each key keeps its order.
import { setImmediate as turnOfLoop } from 'node:timers/promises';
import type { AheadParts, InTurn } from '../../../../src/adapters/nats/consume/ahead';
import { createAhead } from '../../../../src/adapters/nats/consume/ahead';
import { createHotKeyDetection } from '../../../../src/adapters/nats/consume/ahead/hot-key';
import { startRun } from '../../../../src/adapters/nats/consume/ahead/run';
import { createSettledAhead } from '../../../../src/adapters/nats/consume/ahead/settled-ahead';
import type { StoredMessage } from '../../../../src/contracts';
import { parseSubject, REMEMBERED_EVENTS } from '../../../../src/contracts';
import type { Delivery } from '../../../../src/delivery';
import type { Random } from '../../../../src/dev/random';
import { seededRandom } from '../../../../src/dev/random';
import { silentLog } from '../../../support/log';

const RUNS = 20;
const EVENTS = 120;
const BRIDGES = 3;
const ACK_WAIT = 60;
const AT_MOST = 20_000;
const KEYS = ['a', 'b', 'c', 'd'];

jest.setTimeout(60_000);

interface Bridge {
  isDead: boolean;
  frozenUntil: number;
}

function upTo(random: Random, most: number): number {
  return Math.floor(random.between(0, most + 1));
}

function oneIn(random: Random, times: number): boolean {
  return random.between(0, times) < 1;
}

function messagesOf(random: Random): StoredMessage[] {
  return Array.from({ length: EVENTS }, (_, index) => {
    const key = oneIn(random, 10 / 7) ? 'hot' : random.pick(KEYS);
    return {
      ...{ stream: 'EVENTS', sequence: 10 * index + upTo(random, 9) },
      // The tick at which it is published: half of them at once, the others while the hot key is worked off.
      storedAt: new Date(Math.max(0, (index - EVENTS / 2) * 10)),
      ...{ subject: `p.7.7.pings.pinged.v2.${key}`, headers: {}, body: new Uint8Array() },
    };
  });
}

/** Plays one partition: one un-acknowledged event at a time, given away again after a silence. */
async function play(seed: number) {
  const random = seededRandom(seed);
  const messages = messagesOf(random);
  /** What the workflows have applied, by key: repeats are dropped. */
  const applied = new Map<string, number[]>();
  const figures = { ahead: 0, repeats: 0, skipped: 0 };
  let clock = 0;
  let position = 0;
  let inFlight: { deadline: number } | undefined;
  const deliveries = new Map<number, number>();
  const bridges: Bridge[] = Array.from({ length: BRIDGES }, () => ({ isDead: false, frozenUntil: 0 }));
  const receivers: { bridge: Bridge; received: Parameters<AheadParts['openNotes']>[0] }[] = [];

  const stored = () => messages.filter(({ storedAt }) => storedAt.getTime() <= clock);

  /** Lets `ticks` pass, and all the time for which the process is stopped; for ever if it is dead. */
  async function pass(bridge: Bridge, ticks: number, signal?: AbortSignal): Promise<void> {
    const until = clock + ticks;
    while (bridge.isDead || bridge.frozenUntil > clock || (clock < until && signal?.aborted !== true)) {
      // A dead bridge must not go round with the others: there is one more wait for each note to it.
      const isOver = bridge.isDead || position >= messages.length || clock > AT_MOST;
      if (isOver) return new Promise(() => undefined);
      await turnOfLoop();
    }
  }

  async function handle(bridge: Bridge, delivery: Delivery): Promise<void> {
    if (oneIn(random, 10)) {
      delivery.release();
      return;
    }
    await pass(bridge, upTo(random, 4));
    const key = parseSubject(delivery.subject)?.key ?? '';
    const ofKey = applied.get(key) ?? [];
    applied.set(key, ofKey);
    if (ofKey.includes(delivery.sequence)) figures.repeats++;
    else {
      ofKey.push(delivery.sequence);
      if (delivery.sequence > (messages[position]?.sequence ?? 0)) figures.ahead++;
    }
    await pass(bridge, upTo(random, 6));
    delivery.settle();
  }

  async function run(bridge: Bridge): Promise<void> {
    const ahead = createAhead({
      id: String(bridges.indexOf(bridge)),
      log: silentLog,
      now: () => clock,
      sleep: (ms, signal) => pass(bridge, ms, signal),
      handle: (delivery) => handle(bridge, delivery),
      read: async (_, from) => {
        await pass(bridge, upTo(random, 3));
        const found = stored().filter(({ sequence }) => sequence >= from);
        await pass(bridge, upTo(random, 3));
        return found.slice(0, 9);
      },
      openNotes: (received) => {
        receivers.push({ bridge, received });
        return {
          send: (note) =>
            receivers.forEach((each) => {
              // Some notes are lost, others late.
              if (!oneIn(random, 4)) void pass(each.bridge, upTo(random, 9)).then(() => each.received(note));
            }),
          close: () => undefined,
        };
      },
    });
    const turns = ahead.of(7);
    for (;;) {
      await pass(bridge, upTo(random, 2));
      if (inFlight && clock < inFlight.deadline) {
        await pass(bridge, 1);
        continue;
      }
      const message = stored()[position];
      if (!message) {
        await pass(bridge, 1);
        continue;
      }
      const mine = position;
      const deliveryCount = (deliveries.get(mine) ?? 0) + 1;
      deliveries.set(mine, deliveryCount);
      const ours = { deadline: clock + ACK_WAIT };
      inFlight = ours;
      const delivery: InTurn = {
        ...message,
        ...{ subject: message.subject.replace('p.7.7', 'evt'), waiting: 1_000, deliveryCount: 1 },
        working: () => void (ours.deadline = clock + ACK_WAIT),
        release: () => void (inFlight = inFlight === ours ? undefined : inFlight),
        settle: () => {
          // An acknowledgement counts, whichever delivery it is of.
          if (position !== mine) return;
          position++;
          inFlight = undefined;
        },
      };
      const isSettled = await turns.isSettled(delivery);
      await pass(bridge, upTo(random, 2));
      if (isSettled) figures.skipped++;
      if (isSettled) delivery.settle();
      else await handle(bridge, delivery);
    }
  }

  for (const bridge of bridges) void run(bridge);
  while (position < messages.length && clock < AT_MOST) {
    clock++;
    if (oneIn(random, 100)) random.pick(bridges).frozenUntil = clock + upTo(random, 3 * ACK_WAIT);
    // The first one is never killed.
    if (oneIn(random, 600)) random.pick(bridges.slice(1)).isDead = true;
    await turnOfLoop();
    await turnOfLoop();
  }
  const expected = new Map<string, number[]>();
  for (const { subject, sequence } of messages) {
    const key = subject.split('.').at(-1) ?? '';
    expected.set(key, [...(expected.get(key) ?? []), sequence]);
  }
  return { applied, expected, figures };
}

test('each key is applied whole and in order, through kills, stops, releases and lost notes', async () => {
  const first = Date.now() & 0x7fffffff;
  const sum = { ahead: 0, repeats: 0, skipped: 0 };
  for (let seed = first; seed < first + RUNS; seed++) {
    const { applied, expected, figures } = await play(seed);
    for (const name of ['ahead', 'repeats', 'skipped'] as const) sum[name] += figures[name];
    expect({ seed, applied: new Map([...applied].sort()) }).toEqual({
      seed,
      applied: new Map([...expected].sort()),
    });
  }
  process.stdout.write(`${RUNS} runs from seed ${first}: ${JSON.stringify(sum)}\n`);
  // Else nothing was tested.
  expect(sum.ahead).toBeGreaterThan(RUNS);
  expect(sum.skipped).toBeGreaterThan(RUNS);
});

test('no more is settled ahead than a workflow remembers: after a restart all of it is repeated', async () => {
  const messages = Array.from({ length: 4 * REMEMBERED_EVENTS }, (_, index): StoredMessage => ({
    ...{ stream: 'EVENTS', sequence: index + 1, storedAt: new Date(0), headers: {}, body: new Uint8Array() },
    subject: `p.7.7.pings.pinged.v2.${index % 2 === 0 ? 'hot' : 'neighbour'}`,
  }));
  let handled = 0;
  const run = startRun({
    hotKey: 'hot',
    read: (from) => Promise.resolve(messages.slice(from - 1, from + 255)),
    handle: (delivery) => {
      handled++;
      delivery.settle();
      return Promise.resolve();
    },
    settled: createSettledAhead(),
    tell: () => undefined,
    turn: () => ({ sequence: 1, since: 0 }),
    begun: () => undefined,
    now: () => 0,
    sleep: () => turnOfLoop(),
  });
  for (let turns = 0; turns < 2_000; turns++) await turnOfLoop();
  run.end();
  await run.ended;
  expect(handled).toBeGreaterThan(REMEMBERED_EVENTS / 2);
  expect(handled).toBeLessThan(REMEMBERED_EVENTS);
});

test('a key is hot if most of a long queue is its own', () => {
  const detection = createHotKeyDetection();
  const deliver = (key: string, waiting: number) => detection.delivered(() => key, waiting);
  const all = (keys: readonly string[], waiting: number) => keys.map((key) => deliver(key, waiting));
  expect(
    all(
      Array.from({ length: 40 }, () => 'a'),
      31,
    ),
  ).toEqual(Array.from({ length: 40 }, () => undefined));
  expect(
    all(
      Array.from({ length: 11 }, () => 'a'),
      32,
    ),
  ).not.toContain('a');
  expect([deliver('a', 32), deliver('b', 32), deliver('a', 32)]).toEqual(['a', undefined, 'a']);
  const mixed = Array.from({ length: 60 }, (_, at) => `k${at % 3}`);
  expect(all(mixed, 500).slice(20)).toEqual(mixed.slice(20).map(() => undefined));
});
