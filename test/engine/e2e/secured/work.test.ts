// What the processes of the other test do rarely: parking, marks, housekeeping, subscriptions, the command line.
import type { NatsConnection } from 'nats';
import {
  consumeEvents,
  createDeadLetters,
  createOperationLog,
  createPoisonMarks,
  createPublisher,
  createRemover,
  createStreamReader,
  DEAD_LETTERS_STREAM,
  EVENTS_STREAM,
  OPERATIONS_STREAM,
  OVERFLOW_STREAM,
  provisionConsumers,
  provisionStreams,
  startUnparking,
  tail,
  withOverflow,
} from '../../../../src/adapters/nats';
import { forgetOldEvents } from '../../../../src/adapters/nats/streams/janitor';
import { noPatience } from '../../../../src/adapters/nats/connection/patience';
import { defineSubscription } from '../../../../src/contracts';
import type { Delivery } from '../../../../src/delivery';
import { recorder } from '../../../support/consumers';
import { silentLog } from '../../../support/log';
import { pinged, pingDomain } from '../../../support/ping/domain';
import { newKey, pingEvent } from '../../../support/ping/events';
import type { SecuredNats } from '../../../support/secured-nats';
import { startSecuredNats } from '../../../support/secured-nats';
import { until } from '../../../support/until';

const MIB = 1024 * 1024;
const SETTINGS = { replicas: 1, maxBytes: 64 * MIB };
const DAY_MS = 24 * 60 * 60_000;
const GROUPS = [{ name: 'bridge' }, { name: 'sub-ledger', subjects: ['evt.pings.pinged.v2'] }];
const ledger = defineSubscription({ name: 'ledger', mode: 'shared', events: [pinged] });

// Making the keys takes a second of a free processor.
jest.setTimeout(60_000);

let nats: SecuredNats;
let provision: NatsConnection;
beforeAll(async () => {
  nats = await startSecuredNats([{ ...pingDomain, subscriptions: [ledger] }]);
  provision = await nats.open('provision');
  // Twice, as at every deploy.
  for (let time = 0; time < 2; time++) {
    await provisionStreams(provision, { ...SETTINGS, mirrorMs: 7 * DAY_MS });
    await provisionConsumers(provision, GROUPS, { replicas: 1, patience: noPatience });
  }
});
afterAll(() => nats.stop());

async function delivered(
  role: 'bridge' | 'subscriber',
  name: string,
  subjects?: string[],
): Promise<Delivery> {
  const connection = await nats.open(role);
  const { settled, handle } = recorder();
  let last: Delivery | undefined;
  const consumption = await consumeEvents(connection, {
    ...(subjects && { subjects }),
    ...{ name, log: silentLog, provision: 'check' as const },
    handle: async (delivery) => {
      last = delivery;
      await handle(delivery);
    },
  });
  await until(`${role} has settled an event`, () => settled.length > 0);
  await consumption.stop();
  if (!last) throw new Error('nothing was delivered');
  return last;
}

test('an event is published, consumed by bridge and subscription, parked, and dead-lettered', async () => {
  const gateway = await nats.open('gateway');
  await createPublisher(gateway.jetstream())(pingEvent(newKey()));
  const delivery = await delivered('bridge', 'bridge');
  await delivered('subscriber', 'sub-ledger', ['evt.pings.pinged.v2']);

  const bridge = await nats.open('bridge');
  const marks = createPoisonMarks(bridge.jetstream(), { replicas: 1, provision: 'check' });
  await marks.mark(delivery, 2);
  expect(await marks.crashesOf(delivery)).toBe(2);

  const deadLetters = createDeadLetters(bridge.jetstream(), () => new Date());
  const full = withOverflow(
    bridge,
    { publish: () => Promise.reject(new Error('as if it were full')) },
    { log: silentLog },
  );
  await full.publish({ delivery, rejection: { reason: 'invalid-data', detail: 'as the test wants it' } });
  const overflow = await createStreamReader(bridge, OVERFLOW_STREAM);
  expect((await overflow.bounds()).last).toBe(1);
  const removing = await nats.open('housekeeping');
  const unparking = startUnparking(bridge, deadLetters, silentLog, { everyMs: 50, removing });
  const stored = await createStreamReader(bridge, DEAD_LETTERS_STREAM);
  await until('it is a dead letter', async () => (await stored.bounds()).last === 1);
  await until('its note is removed', async () => (await overflow.next('>', 1)) === undefined);
  await unparking.stop();
});

test('an operator tails events and keeps a record; housekeeping removes both; the mirror keeps the events', async () => {
  const operator = await nats.open('operator');
  const seen = [];
  const all = tail(operator, EVENTS_STREAM, {
    subjects: '>',
    from: { sequence: 1 },
    untilEnd: true,
    signal: new AbortController().signal,
  });
  for await (const message of all) seen.push(message.sequence);
  expect(seen).toEqual([1]);
  expect(await createOperationLog(operator.jetstream())('ops.dead-letters.1', Buffer.from('{}'), 0)).toBe(
    true,
  );

  const housekeeping = await nats.open('housekeeping');
  const tomorrow = () => Date.now() + DAY_MS;
  expect(await forgetOldEvents(housekeeping, { retentionMs: 1, log: silentLog, now: tomorrow })).toBe(2);
  const remove = createRemover(housekeeping);
  await remove(DEAD_LETTERS_STREAM, 1);
  await remove(OPERATIONS_STREAM, 1);
  for (const stream of [EVENTS_STREAM, DEAD_LETTERS_STREAM, OPERATIONS_STREAM]) {
    const reader = await createStreamReader(operator, stream);
    expect([stream, await reader.next('>', 1)]).toEqual([stream, undefined]);
  }
  const mirror = await createStreamReader(operator, 'EVENTS_MIRROR');
  expect((await mirror.next('>', 1))?.sequence).toBe(1);
});

test('streams refuse what nobody needs, whoever asks', async () => {
  const configOf = async (stream: string) => {
    const { deny_delete, deny_purge } = (await (await provision.jetstreamManager()).streams.info(stream))
      .config;
    return { deny_delete, deny_purge };
  };
  expect(await configOf(EVENTS_STREAM)).toEqual({ deny_delete: true, deny_purge: false });
  expect(await configOf('EVENTS_MIRROR')).toEqual({ deny_delete: true, deny_purge: true });
  for (const stream of [DEAD_LETTERS_STREAM, OVERFLOW_STREAM, OPERATIONS_STREAM]) {
    expect([stream, await configOf(stream)]).toEqual([stream, { deny_delete: false, deny_purge: true }]);
  }
});
