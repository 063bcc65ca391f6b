// Whoever reaches NATS can write any event. With signatures required, only what the right key has signed is applied, by the
// bridge and by a subscription; without, each of these attacks gets through.
import { randomUUID } from 'node:crypto';
import { headers as natsHeaders } from 'nats';
import { createPublisher } from '../../../../src/adapters/nats';
import { messageIdOf } from '../../../../src/adapters/nats/publish/message-ids';
import type { CheckSignature, OutgoingEvent } from '../../../../src/contracts';
import {
  createCatalogue,
  deadLetterHeaders,
  deadLetterSubject,
  defineDomain,
  defineSubscription,
  encodeEvent,
  fromProvider,
  newEvent,
} from '../../../../src/contracts';
import { defineWebhook } from '../../../../src/contracts';
import { editDeadLetter, redriveDeadLetter, showDeadLetter, signatureOf } from '../../../../src/dead-letters';
import { createSigner } from '../../../../src/security/signatures/sign';
import { rebuild, subscribe } from '../../../../src/subscriptions';
import type { TestBridge } from '../../../support/bridge';
import { deadLetterFor, deadLettersIn, startTestBridge, testTemporal } from '../../../support/bridge';
import { deadLetterTools } from '../../../support/dead-letters';
import type { TestNats } from '../../../support/nats';
import { startTestNats } from '../../../support/nats';
import { pingDomain, pinged, pingedV1, ponged } from '../../../support/ping/domain';
import { newKey, pingEvent } from '../../../support/ping/events';
import { startPingWorker } from '../../../support/ping/worker';
import { testCheck, testKey } from '../../../support/signatures';
import type { TestMember } from '../../../support/subscriptions';
import { startMember } from '../../../support/subscriptions';
import { until } from '../../../support/until';

jest.setTimeout(30_000);

/** The pong is a provider's, which only the gateway may sign. The workflow ends with it: it stands for a payment. */
const pongedByProvider = { ...ponged, origin: fromProvider('pongs') };
const domain = defineDomain({
  ...pingDomain,
  events: [pingedV1, pinged, pongedByProvider],
  webhooks: [
    defineWebhook({ provider: 'pongs', verify: () => ({ ok: true }), type: 't', notifications: {} }),
  ],
});
const signedPongs = defineSubscription({ name: 'signed', mode: 'shared', events: [pongedByProvider] });
const gateway = testKey('gateway-1', ['*', '/providers/*']);
const shop = testKey('shop-1', ['/test/ping']);
const operator = testKey('operator-1', ['*', '/providers/*']);
const stranger = testKey('gateway-1', ['*', '/providers/*']);
/** The same key signs in another deployment, too. */
const staging = createSigner({ key: () => gateway.key, audience: 'sagaline-staging', now: Date.now });
const entries = [gateway.entry, shop.entry, operator.entry];

interface Deployment {
  readonly nats: TestNats;
  readonly bridge: TestBridge;
  readonly member: TestMember;
  readonly handled: string[];
  readonly counted: readonly string[];
}
const temporal = testTemporal();
let worker: Awaited<ReturnType<typeof startPingWorker>>;
let secured: Deployment;
let reporting: Deployment;
let open: Deployment;

async function deploy(mode: 'off' | 'report' | 'require'): Promise<Deployment> {
  const nats = await startTestNats();
  const { check, counted } = testCheck(entries, { mode: mode === 'report' ? 'report' : 'require' });
  const checked = mode === 'off' ? {} : { checkSignature: check };
  const handled: string[] = [];
  const handle = ({ key }: { key: string }) => Promise.resolve(void handled.push(key));
  const [bridge, member] = await Promise.all([
    startTestBridge({ url: nats.url, name: `signatures-${mode}`, domain, ...checked }),
    startMember({
      url: nats.url,
      member: mode,
      domain,
      subscribed: subscribe(signedPongs, { handle }),
      ...checked,
    }),
  ]);
  return { nats, bridge, member, handled, counted };
}

beforeAll(async () => {
  worker = await startPingWorker();
  [secured, reporting, open] = await Promise.all([deploy('require'), deploy('report'), deploy('off')]);
});
afterAll(async () => {
  for (const { member, bridge, nats } of [secured, reporting, open]) {
    await member.stop();
    await bridge.stop();
    await nats.stop();
  }
  await worker.stop();
  await temporal.connection.close();
});

const stateOf = async (key: string) =>
  (await temporal.workflow.getHandle(`ping-${key}`).describe()).status.name;
const pong = (key: string): OutgoingEvent =>
  encodeEvent(newEvent(pongedByProvider, { id: randomUUID(), data: { pingId: key } }), {
    source: '/providers/pongs',
  });

/** Opens the workflow of a key by an event that its publisher has signed. */
async function openedPing({ nats }: Deployment): Promise<string> {
  const key = newKey();
  await createPublisher(nats.connection.jetstream(), shop)(pingEvent(key));
  await until('the workflow is open', () => stateOf(key).catch(() => undefined));
  return key;
}

type Attack = (nats: TestNats, key: string) => Promise<unknown>;
const publishWith =
  (sign?: (body: Uint8Array) => Promise<string>): Attack =>
  ({ connection }, key) =>
    createPublisher(connection.jetstream(), { sign })(pong(key));

const attacks: readonly (readonly [string, Attack, string])[] = [
  ['nothing', publishWith(), 'invalid-signature'],
  ['a key of his own', publishWith(stranger.sign), 'invalid-signature'],
  ['the key of a publisher', publishWith(shop.sign), 'forbidden-signer'],
  [
    'what the gateway has signed for another deployment',
    publishWith((body) => staging(body)),
    'invalid-signature',
  ],
  [
    'the signature of another event',
    publishWith(() => gateway.sign(pong('another').body)),
    'invalid-signature',
  ],
];

describe.each(attacks)('a provider’s event, forged with %s', (_, attack, reason) => {
  test('is a dead letter, and changes nothing', async () => {
    const { nats, handled } = secured;
    const key = await openedPing(secured);
    await attack(nats, key);
    expect(await deadLetterFor(nats.connection, key)).toMatchObject({ reason, route: '', attempts: 1 });
    // The genuine one comes next on the same key: the forged one has neither been applied nor held it up.
    expect(await stateOf(key)).toBe('RUNNING');
    await createPublisher(nats.connection.jetstream(), gateway)(pong(key));
    await temporal.workflow.getHandle(`ping-${key}`).result();
    await until('the subscription has the genuine one', () => handled.includes(key));
    expect(handled.filter((each) => each === key)).toHaveLength(1);
    const ofKey = (await deadLettersIn(nats.connection)).filter(({ subject }) => subject.endsWith(`.${key}`));
    expect(ofKey).toHaveLength(1);
  });

  test.each(['report', 'off'] as const)('gets through with %s', async (mode) => {
    const deployment = mode === 'off' ? open : reporting;
    const key = await openedPing(deployment);
    await attack(deployment.nats, key);
    expect(await temporal.workflow.getHandle(`ping-${key}`).result()).toMatchObject({
      state: 'ponged after 1',
    });
    await until('the subscription has it', () => deployment.handled.includes(key));
  });
});

test('report counts what require would refuse', () => {
  const faults = new Set(reporting.counted);
  expect(faults).toEqual(new Set(['valid', 'missing', 'not-verified', 'other-source', 'other-audience']));
});

/** The exact bytes and signature of an event under another message id, as after the stream has forgotten the first. */
async function replay({ connection }: TestNats, event: OutgoingEvent, jws: string): Promise<void> {
  const head = natsHeaders();
  head.set('Content-Type', 'application/cloudevents+json');
  head.set('x-jws-signature', jws);
  await connection.jetstream().publish(event.subject, event.body, { headers: head, msgID: randomUUID() });
}

test('a stolen event has no second effect, while its workflow is open and when it has closed', async () => {
  const { nats, bridge } = secured;
  const key = newKey();
  const ping = pingEvent(key);
  const jws = await shop.sign(ping.body);
  await createPublisher(nats.connection.jetstream(), { sign: () => Promise.resolve(jws) })(ping);
  await until('the workflow is open', () => stateOf(key).catch(() => undefined));
  await replay(nats, ping, jws);
  await createPublisher(nats.connection.jetstream(), gateway)(pong(key));
  // One ping was applied, not two.
  expect(await temporal.workflow.getHandle(`ping-${key}`).result()).toMatchObject({
    state: 'ponged after 1',
  });
  const repeated = () => bridge.settled.filter(({ outcome }) => outcome === 'repeated').length;
  const before = repeated();
  await replay(nats, ping, jws);
  await until('it is settled as repeated', () => repeated() > before);
});

test('a forged message under the message id of an event does not keep the event out', async () => {
  const attempt = async (deployment: Deployment, checkSignature = testCheck(entries).check) => {
    const { nats } = deployment;
    const key = await openedPing(deployment);
    const event = pong(key);
    // The same bytes without a signature, so that the genuine publish would be taken for a repetition.
    await nats.connection.jetstream().publish(event.subject, event.body, { msgID: messageIdOf(event) });
    const signatures = deployment === secured ? { ...gateway, checkSignature } : { sign: gateway.sign };
    return { key, receipt: await createPublisher(nats.connection.jetstream(), signatures)(event) };
  };
  const { key, receipt } = await attempt(secured);
  expect(receipt.duplicate).toBe(false);
  expect(await temporal.workflow.getHandle(`ping-${key}`).result()).toMatchObject({
    state: 'ponged after 1',
  });
  expect((await attempt(open)).receipt.duplicate).toBe(true);
});

test('a rebuild leaves forged events out', async () => {
  const rebuilt = async ({ nats }: Deployment, checkSignature?: CheckSignature) => {
    const genuine = newKey();
    const forged = newKey();
    await createPublisher(nats.connection.jetstream(), gateway)(pong(genuine));
    await publishWith(stranger.sign)(nats, forged);
    const keys: string[] = [];
    const handle = ({ key }: { key: string }) => Promise.resolve(void keys.push(key));
    const startRebuild = () => Promise.resolve({ handle, finish: () => Promise.resolve() });
    const projection = { ...signedPongs, name: 'rebuilt' };
    await rebuild(nats.connection, {
      subscribed: subscribe(projection, { handle, startRebuild }),
      catalogue: createCatalogue([{ ...domain, subscriptions: [projection] }]),
      checkSignature,
      signal: new AbortController().signal,
    });
    return [keys.includes(genuine), keys.includes(forged)];
  };
  expect(await rebuilt(secured, testCheck(entries).check)).toEqual([true, false]);
  expect(await rebuilt(open)).toEqual([true, true]);
});

describe('a redrive', () => {
  const sequenceOf = async (key: string) =>
    (await deadLettersIn(secured.nats.connection)).findLastIndex(({ subject }) => subject.endsWith(key)) + 1;
  const tools = (sign?: (body: Uint8Array) => Promise<string>) =>
    deadLetterTools(secured.nats.connection, {
      ...{ sign, checkSignature: testCheck(entries).check, catalogue: createCatalogue([domain]) },
    });

  const signatureAt = async (sequence: number) => {
    const parts = await tools();
    return signatureOf(parts, await showDeadLetter(parts, sequence));
  };

  test('keeps the signature of the event as it was published', async () => {
    const { nats } = secured;
    const key = newKey();
    // There is no workflow yet.
    await createPublisher(nats.connection.jetstream(), gateway)(pong(key));
    expect(await deadLetterFor(nats.connection, key)).toMatchObject({ reason: 'unmatched' });
    await createPublisher(nats.connection.jetstream(), shop)(pingEvent(key));
    await until('the workflow is open', () => stateOf(key).catch(() => undefined));
    const sequence = await sequenceOf(key);
    expect(await signatureAt(sequence)).toEqual({ state: 'valid', keyId: 'gateway-1' });
    // To vouch for it changes nothing: the signature of the event is a better one.
    const vouched = { by: 'ada', why: 'all of them', vouch: true };
    const { operation } = await redriveDeadLetter(await tools(operator.sign), sequence, vouched);
    expect(operation).not.toHaveProperty('vouched');
    expect(await temporal.workflow.getHandle(`ping-${key}`).result()).toMatchObject({
      state: 'ponged after 1',
    });
  });

  test('of a forged event is refused, also by an operator with a key; of an edited one it needs the key', async () => {
    const { nats } = secured;
    const key = await openedPing(secured);
    await publishWith()(nats, key);
    await deadLetterFor(nats.connection, key);
    const sequence = await sequenceOf(key);
    const redrive = { by: 'ada' };
    const refused = { refusal: 'unsigned', message: expect.stringContaining('signature') };
    await expect(redriveDeadLetter(await tools(operator.sign), sequence, redrive)).rejects.toMatchObject(
      refused,
    );
    const { body } = (await deadLettersIn(nats.connection))[sequence - 1] ?? { body: new Uint8Array() };
    await editDeadLetter(await tools(), sequence, { ...redrive, body });
    await expect(redriveDeadLetter(await tools(), sequence, redrive)).rejects.toMatchObject(refused);
    await redriveDeadLetter(await tools(operator.sign), sequence, redrive);
    expect(await temporal.workflow.getHandle(`ping-${key}`).result()).toMatchObject({
      state: 'ponged after 1',
    });
  });

  test('of a forged dead letter is refused to an operator with a key, until he vouches for it, on record', async () => {
    const { nats } = secured;
    const key = await openedPing(secured);
    // As any client of NATS that may write dead letters of workflows can write one.
    const { subject, body } = pong(key);
    const rejection = { reason: 'unmatched', detail: 'no order yet' } as const;
    const head = natsHeaders();
    const forged = { rejection, subject, workflow: `ping-${key}`, deadLetteredAt: new Date() };
    for (const [name, value] of Object.entries(deadLetterHeaders(forged))) head.set(name, value);
    await nats.connection.jetstream().publish(deadLetterSubject(forged), body, { headers: head });
    const sequence = await sequenceOf(key);
    const by = { by: 'ada', why: 'the log of the web shop has it' };
    const signing = await tools(operator.sign);

    expect(await signatureAt(sequence)).toMatchObject({ state: 'invalid' });
    await expect(redriveDeadLetter(signing, sequence, by)).rejects.toMatchObject({ refusal: 'unsigned' });
    await expect(redriveDeadLetter(await tools(), sequence, { ...by, vouch: true })).rejects.toMatchObject({
      refusal: 'unsigned',
      message: expect.stringContaining('EVENT_SIGNING_KEY_FILE'),
    });
    expect((await showDeadLetter(signing, sequence)).state).toBe('open');

    const { operation } = await redriveDeadLetter(signing, sequence, { ...by, vouch: true });
    expect(operation).toMatchObject({ ...by, vouched: true });
    expect(await temporal.workflow.getHandle(`ping-${key}`).result()).toMatchObject({
      state: 'ponged after 1',
    });
  });
});
