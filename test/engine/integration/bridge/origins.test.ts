// Whoever reaches NATS can write any event: one whose source has no right to its type is a dead letter, for the bridge and
// for a subscription, and its workflow is as it was.
import { randomUUID } from 'node:crypto';
import { createPublisher } from '../../../../src/adapters/nats';
import type { EventContract } from '../../../../src/contracts';
import {
  createCatalogue,
  defineDomain,
  defineSubscription,
  defineWebhook,
  encodeEvent,
  fromProvider,
  internal,
  newEvent,
} from '../../../../src/contracts';
import { redriveDeadLetter } from '../../../../src/dead-letters';
import { subscribe } from '../../../../src/subscriptions';
import type { TestBridge } from '../../../support/bridge';
import { deadLetterFor, deadLettersIn, startTestBridge, testTemporal } from '../../../support/bridge';
import { deadLetterTools } from '../../../support/dead-letters';
import type { TestNats } from '../../../support/nats';
import { startTestNats } from '../../../support/nats';
import { pinged, pingDomain, pingedV1, ponged } from '../../../support/ping/domain';
import { newKey, pingEvent } from '../../../support/ping/events';
import { startPingWorker } from '../../../support/ping/worker';
import type { TestMember } from '../../../support/subscriptions';
import { startMember } from '../../../support/subscriptions';
import { until } from '../../../support/until';

jest.setTimeout(30_000);

/** The pong is the provider's, and the workflow ends with it; the report is published by the project's own steps. */
const pongedByProvider = { ...ponged, origin: fromProvider('pongs') };
const reported = { ...ponged, type: 'test.sagaline.pings.reported.v1' as const, origin: internal };
const webhookOf = (provider: string) =>
  defineWebhook({ provider, verify: () => ({ ok: true }), type: 't', notifications: {} });
const domain = defineDomain({
  ...pingDomain,
  events: [pingedV1, pinged, pongedByProvider, reported],
  webhooks: [webhookOf('pongs')],
});
const subscription = defineSubscription({
  name: 'origins',
  mode: 'shared',
  events: [pongedByProvider, reported],
});

let nats: TestNats;
let bridge: TestBridge;
let member: TestMember;
let worker: Awaited<ReturnType<typeof startPingWorker>>;
const handled: string[] = [];
const temporal = testTemporal();

beforeAll(async () => {
  [nats, worker] = await Promise.all([startTestNats(), startPingWorker()]);
  bridge = await startTestBridge({ url: nats.url, name: 'origins', domain });
  const handle = ({ source, key }: { source: string; key: string }) => {
    handled.push(`${source} ${key}`);
    return Promise.resolve();
  };
  member = await startMember({
    url: nats.url,
    member: 'one',
    domain,
    subscribed: subscribe(subscription, { handle }),
  });
});
afterAll(async () => {
  await member.stop();
  await bridge.stop();
  await Promise.all([nats.stop(), worker.stop()]);
  await temporal.connection.close();
});

const publish = (contract: EventContract, key: string, source: string) =>
  createPublisher(nats.connection.jetstream())(
    encodeEvent(newEvent(contract, { id: randomUUID(), data: { pingId: key } }), { source }),
  );
const stateOf = async (key: string) =>
  (await temporal.workflow.getHandle(`ping-${key}`).describe()).status.name;

async function openedPing(): Promise<string> {
  const key = newKey();
  await createPublisher(nats.connection.jetstream())(pingEvent(key));
  await until('the workflow is open', () => stateOf(key).catch(() => undefined));
  return key;
}

test.each([
  ['a provider’s event from a stranger', pongedByProvider, '/stranger'],
  ['a provider’s event from another provider', pongedByProvider, '/providers/carrier'],
  ['a provider’s event from our own steps', pongedByProvider, '/sagaline/pings'],
  ['an output event from outside', reported, '/stranger'],
  ['an output event from a provider', reported, '/providers/pongs'],
])('%s', async (_, contract, source) => {
  const key = await openedPing();
  await publish(contract, key, source);

  const deadLetter = await deadLetterFor(nats.connection, key);
  expect(deadLetter).toMatchObject({ reason: 'forbidden-origin', path: 'source', route: '', attempts: 1 });
  expect(deadLetter.detail).toContain(`"${source}" may not publish ${contract.type}`);
  // The genuine one comes next on the same key: the forged one has neither been applied nor held it up.
  expect(await stateOf(key)).toBe('RUNNING');
  await publish(pongedByProvider, key, '/providers/pongs');
  const { state } = (await temporal.workflow.getHandle(`ping-${key}`).result()) as { state: string };
  expect(state).toBe('ponged after 1');
  await until('the subscription has the genuine one', () => handled.includes(`/providers/pongs ${key}`));
  expect(handled.filter((each) => each.endsWith(key))).toEqual([`/providers/pongs ${key}`]);
  const ofKey = (await deadLettersIn(nats.connection)).filter(({ subject }) => subject.endsWith(`.${key}`));
  expect(ofKey).toHaveLength(1);
});

test('an external event under a reserved source', async () => {
  const key = newKey();
  const data = { pingId: key, urgency: 1 };
  await createPublisher(nats.connection.jetstream())(
    encodeEvent(newEvent(pinged, { id: randomUUID(), data }), { source: '/providers/pongs' }),
  );
  expect(await deadLetterFor(nats.connection, key)).toMatchObject({ reason: 'forbidden-origin' });
  await expect(stateOf(key)).rejects.toThrow();
});

test('a redrive of a forged event is refused by the same rule', async () => {
  const key = newKey();
  await publish(pongedByProvider, key, '/stranger');
  await deadLetterFor(nats.connection, key);
  const tools = await deadLetterTools(nats.connection, { catalogue: createCatalogue([domain]) });
  const sequence =
    (await deadLettersIn(nats.connection)).findIndex(({ subject }) => subject.endsWith(key)) + 1;
  await expect(redriveDeadLetter(tools, sequence, { by: 'ada' })).rejects.toMatchObject({
    refusal: 'invalid',
    message: expect.stringContaining('may not publish'),
  });
});

test('an event of our own steps is taken', async () => {
  const key = newKey();
  await publish(reported, key, '/sagaline/pings');
  await until('the subscription has it', () => handled.includes(`/sagaline/pings ${key}`));
});
