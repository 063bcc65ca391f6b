// What a subscription cannot take: one dead letter beside the bridge, one of its own, and the way back.
import { createPublisher } from '../../../../src/adapters/nats';
import { createCatalogue, defineSubscription, RefusalError } from '../../../../src/contracts';
import { redriveDeadLetter } from '../../../../src/dead-letters';
import { subscribe } from '../../../../src/subscriptions';
import type { TestBridge } from '../../../support/bridge';
import { deadLettersIn, startTestBridge } from '../../../support/bridge';
import { fakeWorkflows } from '../../../support/fakes/bridge';
import { deadLetterTools } from '../../../support/dead-letters';
import type { TestNats } from '../../../support/nats';
import { startTestNats } from '../../../support/nats';
import { pinged, pingDomain } from '../../../support/ping/domain';
import { newKey, pingEvent } from '../../../support/ping/events';
import type { TestMember } from '../../../support/subscriptions';
import { startMember } from '../../../support/subscriptions';
import { until } from '../../../support/until';

jest.setTimeout(60_000);

const subscription = defineSubscription({ name: 'pings', mode: 'shared', events: [pinged] });
const domain = { ...pingDomain, subscriptions: [subscription] };

let nats: TestNats;
let bridge: TestBridge;
let member: TestMember;
/** Notes of events, each with what the handler says to it. */
const failing = new Map<string, () => Error | undefined>();
const handled: string[] = [];

const subscribed = subscribe(subscription, {
  handle: ({ key }) => {
    const error = failing.get(key)?.();
    if (error) return Promise.reject(error);
    handled.push(key);
    return Promise.resolve();
  },
});

beforeAll(async () => {
  nats = await startTestNats();
  bridge = await startTestBridge({ url: nats.url, name: 'bridge', domain, workflows: fakeWorkflows() });
  member = await startMember({ url: nats.url, member: 'one', subscribed });
});
afterAll(async () => {
  await member.stop();
  await bridge.stop();
  await nats.stop();
});

const deadLettersOf = async (key: string) =>
  (await deadLettersIn(nats.connection)).filter(({ subject }) => subject.endsWith(`.${key}`));

test('an event that nobody can read is one dead letter for bridge and subscription, also for one that comes weeks later', async () => {
  const key = newKey();
  await nats.connection.jetstream().publish(`evt.pings.pinged.v2.${key}`, 'no JSON');
  await until('both have settled it', () =>
    [member, bridge].every(({ settled }) => settled.some(({ reason }) => reason === 'not-json')),
  );
  expect(await deadLettersOf(key)).toMatchObject([{ reason: 'not-json', route: '' }]);

  // The stream does not know the dead letter's message id any more.
  const manager = await nats.connection.jetstreamManager();
  await manager.streams.update('DEAD_LETTERS', { duplicate_window: 100_000_000 });
  await new Promise((resolve) => setTimeout(resolve, 500));
  const later = subscribe({ ...subscription, name: 'later' }, { handle: () => Promise.resolve() });
  const newcomer = await startMember({ url: nats.url, member: 'later', subscribed: later });
  await until('it has settled it', () => newcomer.settled.some(({ reason }) => reason === 'not-json'));
  await newcomer.stop();
  expect(await deadLettersOf(key)).toHaveLength(1);
});

test('a handler that fails holds its event and keeps the order of its key, and takes both in the end', async () => {
  const key = newKey();
  let failures = 3;
  failing.set(key, () => (failures-- > 0 ? new Error('the database is away') : undefined));
  const publish = createPublisher(nats.connection.jetstream());
  await publish(pingEvent(key));
  await publish(pingEvent(key));
  await until('both handled', () => handled.filter((each) => each === key).length === 2);
  expect(member.held.filter((cause) => cause === 'handler-failed')).toHaveLength(3);
  expect(await deadLettersOf(key)).toEqual([]);
});

test('a refusal is a dead letter of the subscription; its redrive goes to the subscription alone', async () => {
  const key = newKey();
  const accepted = () => bridge.settled.filter(({ outcome }) => outcome === 'accepted').length;
  const sofar = accepted();
  failing.set(key, () => new RefusalError('not-yet', 'the handler does not know it yet'));
  await createPublisher(nats.connection.jetstream())(pingEvent(key));
  const deadLetter = await until('a dead letter', async () => (await deadLettersOf(key))[0]);
  expect(deadLetter).toMatchObject({
    reason: 'refused-by-subscription',
    detail: 'not-yet: the handler does not know it yet',
    route: 'subscription:pings',
  });

  failing.delete(key);
  await until('the bridge has taken the event', () => accepted() > sofar);
  const before = { accepted: accepted(), settled: bridge.settled.length };
  const tools = await deadLetterTools(nats.connection, { catalogue: createCatalogue([domain]) });
  const { sequence } = await until('its number', () => tools.deadLetters.last(deadLetter.subject));
  const { operation } = await redriveDeadLetter(tools, sequence, { by: 'tester' });
  expect(operation).toMatchObject({ kind: 'redriven', route: 'subscription:pings' });
  await until('handled', () => handled.includes(key));
  await until('the bridge has left it alone', () => bridge.settled.length > before.settled);
  expect(accepted()).toBe(before.accepted);
  expect(await deadLettersOf(key)).toHaveLength(1);
});
