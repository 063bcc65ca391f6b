// Who gets which event: shared by a group, also through the kill of a member, or broadcast to every one.
import { setTimeout as sleep } from 'node:timers/promises';
import type { JetStreamManager } from 'nats';
import type { Publish } from '../../../../src/adapters/nats';
import { createPublisher, EVENTS_STREAM } from '../../../../src/adapters/nats';
import type { DomainEvent, Subscription } from '../../../../src/contracts';
import { defineSubscription } from '../../../../src/contracts';
import { subscribe } from '../../../../src/subscriptions';
import type { TestNats } from '../../../support/nats';
import { startTestNats } from '../../../support/nats';
import { pinged, ponged } from '../../../support/ping/domain';
import { newKey, pingEvent, pingV1Event, pongEvent } from '../../../support/ping/events';
import { startMember } from '../../../support/subscriptions';
import { until } from '../../../support/until';

jest.setTimeout(90_000);
/** A killed member's events come again after `ack_wait`, 4 s; the rest is the machine's. */
const HANDED_OVER_WITHIN_MS = 40_000;

let nats: TestNats;
let manager: JetStreamManager;
let publish: Publish;

beforeAll(async () => {
  nats = await startTestNats();
  manager = await nats.connection.jetstreamManager();
  publish = createPublisher(nats.connection.jetstream());
});
afterAll(() => nats.stop());
/** An empty stream, whose sequences go on. */
beforeEach(() => manager.streams.purge(EVENTS_STREAM));

interface Handled {
  readonly by: string;
  readonly id: string;
  readonly key: string;
  readonly type: string;
  readonly sequence: number;
}

/** A member that writes down what it has taken, some milliseconds after it was given it. */
function startTaking(by: string, subscription: Subscription, handled: Handled[], takesMs = 0) {
  return startMember({
    url: nats.url,
    member: by,
    subscribed: subscribe(subscription, {
      handle: async ({ id, key, type }: DomainEvent, { sequence }) => {
        await sleep(takesMs);
        handled.push({ by, id, key, type, sequence });
      },
    }),
  });
}

async function publishPings(keys: readonly string[], rounds: number): Promise<string[]> {
  const ids: string[] = [];
  for (let round = 0; round < rounds; round++) {
    for (const key of keys) {
      const event = pingEvent(key);
      await publish(event);
      ids.push(event.id);
    }
  }
  return ids;
}

test('shared: each event goes to one of two members, in the order of its key', async () => {
  const subscription = defineSubscription({ name: 'shared', mode: 'shared', events: [pinged] });
  const keys = Array.from({ length: 100 }, newKey);
  const ids = await publishPings(keys, 3);
  const handled: Handled[] = [];
  const members = await Promise.all(['one', 'other'].map((by) => startTaking(by, subscription, handled, 5)));
  await until('all handled', () => handled.length >= ids.length);
  await Promise.all(members.map((member) => member.stop()));

  expect(handled.map(({ id }) => id).sort()).toEqual([...ids].sort());
  expect(new Set(handled.map(({ by }) => by))).toEqual(new Set(['one', 'other']));
  expectInOrder(handled, keys);
});

test('shared: a member that is gone in the middle loses nothing, and no key its order', async () => {
  const subscription = defineSubscription({ name: 'killed', mode: 'shared', events: [pinged] });
  const keys = Array.from({ length: 100 }, newKey);
  const ids = await publishPings(keys, 3);
  const handled: Handled[] = [];
  const [surviving, killed] = await Promise.all(
    ['surviving', 'killed'].map((by) => startTaking(by, subscription, handled, 20)),
  );
  await until('the one has some', () => handled.filter(({ by }) => by === 'killed').length > 10);
  // As by a SIGKILL: what it has in hand is never settled. What its handler still does counts as done.
  await killed?.connection.close();
  await until(
    'all handled',
    () => ids.every((id) => handled.some((each) => each.id === id)),
    HANDED_OVER_WITHIN_MS,
  );
  await surviving?.stop();

  // What the killed member has done and could not settle is done again: once more, and in its place.
  const first = handled.filter(({ id }, index) => handled.findIndex((each) => each.id === id) === index);
  expectInOrder(first, keys);
  expect(handled.length - first.length).toBeLessThanOrEqual(64);
});

test('broadcast: every member gets each event from its start on, and none from before', async () => {
  const subscription = defineSubscription({ name: 'broadcast', mode: 'broadcast', events: [pinged] });
  const keys = Array.from({ length: 20 }, newKey);
  await publishPings(keys, 1);
  const handled: Handled[] = [];
  const early = await startTaking('early', subscription, handled);
  const between = await publishPings(keys, 1);
  const late = await startTaking('late', subscription, handled);
  const after = await publishPings(keys, 2);
  const of = (who: string) => handled.filter(({ by }) => by === who);
  const wanted = { early: [...between, ...after], late: after };
  await until('all handled', () => handled.length >= wanted.early.length + wanted.late.length);
  await Promise.all([early, late].map((member) => member.stop()));

  for (const [who, ids] of Object.entries(wanted)) {
    expect(
      of(who)
        .map(({ id }) => id)
        .sort(),
    ).toEqual([...ids].sort());
    expectInOrder(of(who), keys);
  }
});

test('broadcast: the server forgets the consumers of a member that is gone, and a living one makes them anew', async () => {
  const subscription = defineSubscription({ name: 'anew', mode: 'broadcast', events: [pinged] });
  const handled: Handled[] = [];
  const member = await startTaking('member', subscription, handled);
  const consumers = await consumersOf('sub-anew-member-');
  expect(consumers).toHaveLength(64);
  expect(new Set(consumers.map(({ config }) => config.inactive_threshold))).toEqual(new Set([60e9]));
  expect(consumers.filter(({ config }) => config.durable_name !== undefined)).toEqual([]);

  const [before] = await publishPings([newKey()], 1);
  await until('the first handled', () => handled.length === 1);
  for (const { name } of consumers) await manager.consumers.delete(EVENTS_STREAM, name);
  const meanwhile = await publishPings(Array.from({ length: 20 }, newKey), 1);
  await until('all handled', () => handled.length >= 21, HANDED_OVER_WITHIN_MS);
  await member.stop();
  expect(handled.map(({ id }) => id).sort()).toEqual([before, ...meanwhile].sort());
});

test('events that it does not name never leave the server; older versions of one that it names do', async () => {
  const subscription = defineSubscription({ name: 'named', mode: 'shared', events: [pinged] });
  const key = newKey();
  for (const event of [pongEvent(key), pingV1Event(key), pongEvent(key), pingEvent(key)])
    await publish(event);
  const handled: Handled[] = [];
  const member = await startTaking('member', subscription, handled);
  await until('both handled', () => handled.length >= 2);
  await member.stop();
  expect(handled.map(({ type }) => type)).toEqual([pinged.type, pinged.type]);
  expect(member.settled).toHaveLength(2);
  const delivered = (await consumersOf('sub-named-')).map(({ delivered: { consumer_seq } }) => consumer_seq);
  expect(delivered.reduce((sum, count) => sum + count, 0)).toBe(2);
});

test('one that comes to name another event goes on where it was', async () => {
  const handled: Handled[] = [];
  const key = newKey();
  const wants = (...events: Subscription['events']): Subscription => ({
    name: 'grown',
    mode: 'shared',
    events,
  });
  const before = await startTaking('before', wants(pinged), handled);
  await publish(pingEvent(key));
  await until('the first handled', () => handled.length === 1);
  await before.stop();
  await publish(pongEvent(key));
  const after = await startTaking('after', wants(pinged, ponged), handled);
  await until('the other handled', () => handled.length === 2);
  await after.stop();
  expect(handled.map(({ type }) => type)).toEqual([pinged.type, ponged.type]);
});

async function consumersOf(prefix: string) {
  const all = [];
  for await (const consumer of manager.consumers.list(EVENTS_STREAM)) {
    if (consumer.name.startsWith(prefix)) all.push(consumer);
  }
  return all;
}

function expectInOrder(handled: readonly Handled[], keys: readonly string[]): void {
  for (const key of keys) {
    const order = handled.filter((each) => each.key === key).map(({ sequence }) => sequence);
    expect(order.length).toBeGreaterThan(0);
    expect(order).toEqual([...order].sort((one, other) => one - other));
  }
}
