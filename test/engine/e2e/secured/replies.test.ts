// A role that was taken over has JetStream send an answer to where the role may not publish. NATS does not check that:
// the answers must not reach JetStream's account. Each attack gets through where all users are in one account.
import type { NatsConnection, StreamInfo } from 'nats';
import type { NatsRole } from '../../../../src/adapters/nats';
import { NATS_ROLES, provisionStreams } from '../../../../src/adapters/nats';
import { poisonBucket } from '../../../../src/adapters/nats/consume/poison-marks';
import { durableConsumer } from '../../../../src/adapters/nats/consume/consumer';
import { defineSubscription } from '../../../../src/contracts';
import { pinged, pingDomain } from '../../../support/ping/domain';
import type { SecuredNats } from '../../../support/secured-nats';
import { inOneAccount, startSecuredNats } from '../../../support/secured-nats';
import { until } from '../../../support/until';

const STREAMS = ['EVENTS', 'DEAD_LETTERS', 'DEAD_LETTERS_OVERFLOW', 'OPERATIONS', 'EVENTS_MIRROR'];
const DAY_MS = 24 * 60 * 60_000;
const PARTITION = 7;
const EVENT = 'evt.pings.pinged.v2.p-1';
/** The event in the stream: the subject decides on the partition. */
const STORED = 'p.5.53.pings.pinged.v2.p-1';
const NO_WAIT = '{"batch":1,"no_wait":true}';
/** JetStream does what it is asked on loopback in a few milliseconds. */
const SETTLED_MS = 1_500;

/** A mirror whose events are gone keeps JetStream busy for seconds. */
const CHANGED_WITHIN_MS = 25_000;

interface Attack {
  readonly title: string;
  readonly role: NatsRole;
  readonly act: (connection: NatsConnection) => Promise<void> | void;
}

const attacks: Attack[] = [];
const consumers = [
  ['bridge', 'bridge-07'],
  ['subscriber', 'sub-ledger-07'],
] as const;
for (const [role, consumer] of consumers) {
  const targets = [
    ...STREAMS.map((stream) => `STREAM.DELETE.${stream}`),
    'STREAM.PURGE.EVENTS',
    'CONSUMER.DELETE.EVENTS.bridge-07',
  ];
  for (const target of targets) {
    attacks.push({
      title: `${role}: the status of a pull is ${target}`,
      role,
      act: (connection) =>
        connection.publish(`$JS.API.CONSUMER.MSG.NEXT.EVENTS.${consumer}`, NO_WAIT, {
          reply: `$JS.API.${target}`,
        }),
    });
  }
}
// The bridge chooses the bytes, too: it writes a mark, and has it sent.
const CHOSEN = [
  [EVENT, '{"forged":true}'],
  ['ops.dead-letters.1', '{"forged":true}'],
  ['$JS.API.STREAM.UPDATE.OPERATIONS', undefined],
  ['$JS.API.STREAM.CREATE.OTHER', '{"name":"OTHER","subjects":["other"]}'],
  ['$JS.API.STREAM.PURGE.EVENTS', '{"filter":">"}'],
] as const;
for (const [reply, content] of CHOSEN) {
  attacks.push({
    title: `bridge: a mark is sent to ${reply}`,
    role: 'bridge',
    act: async (connection) => {
      const body = content ?? (await changedOperations(connection));
      await connection.jetstream().publish('$KV.POISON_DETECTION.EVENTS.9', body);
      const subject = '$KV.POISON_DETECTION.EVENTS.9';
      connection.publish(`$JS.API.DIRECT.GET.KV_POISON_DETECTION.${subject}`, undefined, { reply });
    },
  });
}
const FORGEABLE = [
  [EVENT, ['bridge', 'subscriber', 'housekeeping', 'provision']],
  ['ops.dead-letters.1', NATS_ROLES.filter((role) => !['operator', 'console'].includes(role))],
  ['dlq.late.pings.p-1', ['gateway', 'housekeeping', 'console', 'provision']],
] as const;
for (const [reply, roles] of FORGEABLE) {
  for (const role of roles) {
    attacks.push({
      title: `${role}: the state of a stream is sent to ${reply}`,
      role,
      act: (connection) => connection.publish('$JS.API.STREAM.INFO.EVENTS', undefined, { reply }),
    });
  }
}

/** Settings of the stream that `bridge` may read, with a change. */
async function changedOperations(connection: NatsConnection): Promise<string> {
  const answer = await connection.request('$JS.API.STREAM.INFO.OPERATIONS');
  const { config } = answer.json<{ config: object }>();
  return JSON.stringify({ ...config, description: `changed by ${connection.getServer()} at ${Date.now()}` });
}

interface Stage {
  readonly nats: SecuredNats;
  readonly provision: NatsConnection;
  /** Makes what is missing, and publishes an event. */
  restore(): Promise<void>;
  /** What the attacks are after: settings, positions and consumers of the streams. */
  state(): Promise<Record<string, Pick<StreamInfo, 'config'> & { readonly first_seq?: number }>>;
}

async function openStage(options?: Parameters<typeof startSecuredNats>[1]): Promise<Stage> {
  const ledger = defineSubscription({ name: 'ledger', mode: 'shared', events: [pinged] });
  const nats = await startSecuredNats([{ ...pingDomain, subscriptions: [ledger] }], options);
  const [provision, gateway] = await Promise.all([nats.open('provision'), nats.open('gateway')]);
  const manager = await provision.jetstreamManager();
  return {
    nats,
    provision,
    restore: async () => {
      await nats.untilRemoved();
      await until('streams are made anew', () => made(provision), CHANGED_WITHIN_MS);
      await poisonBucket(provision.jetstream(), { replicas: 1 });
      for (const name of ['bridge', 'sub-ledger']) {
        const consumer = durableConsumer({ name }, { number: PARTITION, settled: 0 });
        await manager.consumers.add('EVENTS', consumer);
      }
      await gateway.jetstream().publish(EVENT, '{}', { timeout: CHANGED_WITHIN_MS });
    },
    state: async () => {
      const answer = await provision.request('$JS.API.STREAM.LIST');
      const { streams } = answer.json<{ streams: StreamInfo[] }>();
      const wanted = streams.filter(({ config }) => config.name !== 'KV_POISON_DETECTION');
      return Object.fromEntries(
        wanted.map(({ config, state: { first_seq, last_seq, consumer_count } }) => [
          config.name,
          // The mirror follows in its own time.
          config.name === 'EVENTS_MIRROR' ? { config } : { config, first_seq, last_seq, consumer_count },
        ]),
      );
    },
  };
}

/** Between the end of a stream and the removal of its files nats-server cannot make another one of that name. */
async function made(provision: NatsConnection): Promise<boolean> {
  try {
    await provisionStreams(provision, { replicas: 1, maxBytes: 64 * 1024 * 1024, mirrorMs: 7 * DAY_MS });
    return true;
  } catch (error) {
    if (error instanceof Error && error.message.includes('error creating store')) return false;
    throw error;
  }
}

// Making the keys of two servers takes some seconds of a free processor.
jest.setTimeout(90_000);

let apart: Stage;
let together: Stage;
beforeAll(async () => {
  [apart, together] = await Promise.all([openStage(), openStage({ weakened: inOneAccount })]);
  await Promise.all([apart.restore(), together.restore()]);
});
afterAll(async () => {
  await apart.nats.stop();
  await together.nats.stop();
});

async function perform({ nats }: Stage, { role, act }: Attack): Promise<void> {
  const connection = await nats.open(role);
  await act(connection);
  await connection.flush();
  await connection.close();
}

const settled = () => new Promise((resolve) => setTimeout(resolve, SETTLED_MS));

test('with accounts, none of them changes anything', async () => {
  const before = await apart.state();
  for (const attack of attacks) await perform(apart, attack);
  await settled();
  expect(await apart.state()).toEqual(before);
});

// The receipt has the sequence of the event, and so has the request for a purge.
test('a receipt of the gateway is no request: only a JetStream that is not strict takes it for one', async () => {
  const first = async (stage: Stage) => (await stage.state())['EVENTS']?.first_seq;
  const attack: Attack = {
    title: '',
    role: 'gateway',
    act: (connection) => connection.publish(EVENT, '{}', { reply: '$JS.API.STREAM.PURGE.EVENTS' }),
  };
  for (const stage of [together, apart]) {
    const before = await first(stage);
    await perform(stage, attack);
    await settled();
    expect((await first(stage)) === before).toBe(stage === apart);
  }
});

// `provision` has the stream send each event on, in JetStream's own account.
test.each(['STREAM.DELETE.EVENTS_MIRROR', 'STREAM.UPDATE.EVENTS_MIRROR', 'STREAM.DELETE.OPERATIONS'])(
  'not even provision has JetStream ask for %s',
  async (request) => {
    for (const stage of [together, apart]) {
      await stage.restore();
      const manager = await stage.provision.jetstreamManager();
      const { config } = await manager.streams.info('EVENTS');
      const mirror = (await manager.streams.info('EVENTS_MIRROR')).config;
      const republish = { src: STORED, dest: `$JS.API.${request}`, headers_only: request.includes('DELETE') };
      await update(stage, { ...config, republish });
      const gateway = await stage.nats.open('gateway');
      const before = JSON.stringify(await victims(stage));
      await gateway.jetstream().publish(EVENT, JSON.stringify({ ...mirror, metadata: { changed: 'yes' } }));
      await settled();
      expect(JSON.stringify(await victims(stage)) === before).toBe(stage === apart);
      await update(stage, config);
    }
  },
);

function eventsLast(one: Attack, other: Attack): number {
  const isLast = ({ title }: Attack) => Number(title.endsWith('STREAM.DELETE.EVENTS'));
  return isLast(one) - isLast(other);
}

describe('in one account:', () => {
  test.each([...attacks].sort(eventsLast))('$title', async (attack) => {
    const before = JSON.stringify(await together.state());
    await perform(together, attack);
    const changed = async () => JSON.stringify(await together.state()) !== before;
    await until('something has changed', changed, CHANGED_WITHIN_MS);
    await together.restore();
  });
});

/** The client's own update keeps what the new settings leave out. */
async function update({ provision }: Stage, config: object): Promise<void> {
  const answer = await provision.request('$JS.API.STREAM.UPDATE.EVENTS', JSON.stringify(config));
  expect(answer.json<{ error?: unknown }>().error).toBeUndefined();
}

/** The settings alone: the event itself is in the stream and in the mirror. */
async function victims(stage: Stage): Promise<unknown[]> {
  const { EVENTS_MIRROR, OPERATIONS } = await stage.state();
  return [EVENTS_MIRROR?.config, OPERATIONS?.config];
}
