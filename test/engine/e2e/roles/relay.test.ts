// The active relay process ends or stands still in the middle of an outbox: a standby goes on.
import { oncallNotified } from '../../../../examples/device-alerts/domain/events';
import { EVENTS_STREAM } from '../../../../src/adapters/nats';
import type { TestDatabase } from '../../../support/database';
import { createTestDatabase } from '../../../support/database';
import type { TestNats } from '../../../support/nats';
import { startTestNats } from '../../../support/nats';
import type { Roles } from '../../../support/roles';
import { DEVICE_ALERTS, rolesWith } from '../../../support/roles';
import { until } from '../../../support/until';
import { expectRelayed, terminateSessions, writeEvents } from '../../../support/relay-under-test';

const EVENTS = 2_000;
const ENTITIES = 40;
/** A standby asks for the lock every second; the rest is the machine's. */
const TAKEN_OVER_WITHIN_MS = 4_000;
const RELAYED_WITHIN_MS = 20_000;
/** PostgreSQL ends a silent session after 3.5 s; the standby asks every second; the rest is the machine's. */
const STOOD_STILL_WITHIN_MS = 8_000;
const ACTIVE = 'this relay is active';
/** The relay publishes the events of its own project. */
const NOTIFIED = {
  ...{ context: 'oncall', fact: 'notified', contract: oncallNotified },
  dataOf: (entity: number) => ({ ...oncallNotified.example, deviceId: `dev-${entity}` }),
};

jest.setTimeout(60_000);

let nats: TestNats;
let outbox: TestDatabase;
let roles: Roles;

beforeAll(async () => {
  [nats, outbox] = await Promise.all([startTestNats(), createTestDatabase()]);
  roles = rolesWith({ NATS_URL: nats.url, DATABASE_URL: outbox.url }, { project: DEVICE_ALERTS });
});
afterEach(() => roles.endAll());
afterAll(async () => {
  await roles.stop();
  await outbox.end();
  await nats.stop();
});

test('each event is published once, before the stream drops repetitions, and the standby takes over', async () => {
  const relays = await Promise.all([roles.start('relay'), roles.start('relay')]);
  const active = await until('one is active', () => relays.find((relay) => relay.output().includes(ACTIVE)));
  const standby = relays.find((relay) => relay !== active);

  // What the relays send, whether the stream takes it or has it already.
  const sent: string[] = [];
  nats.connection.subscribe('evt.>', {
    callback: (_, message) => void sent.push(message.headers?.get('Nats-Msg-Id') ?? ''),
  });
  const ids = await writeEvents(outbox.database, EVENTS, ENTITIES, NOTIFIED);
  await until('some are published', () => sent.length > EVENTS / 10);
  const since = performance.now();
  active.signal('SIGTERM');
  const { code, at } = await active.ended;
  const sentByFirst = sent.length;
  await until('the standby is active', () => standby?.output().includes(ACTIVE));
  const takenOver = performance.now();
  await expectRelayed({
    ...{ database: outbox.database, connection: nats.connection },
    ...{ ids, withinMs: RELAYED_WITHIN_MS },
  });

  process.stdout.write(
    `the relay ended after ${(at - since).toFixed(0)} ms with ${sentByFirst} of ${EVENTS} events, ` +
      `the standby was active ${(takenOver - since).toFixed(0)} ms after the signal\n`,
  );
  expect(code).toBe(0);
  expect(sentByFirst).toBeLessThan(EVENTS);
  expect(new Set(sent).size).toBe(EVENTS);
  expect(sent).toHaveLength(EVENTS);
  expect(takenOver - since).toBeLessThan(TAKEN_OVER_WITHIN_MS);
});

test('one that stands still loses its lock: a standby goes on, and when it wakes up it stands by itself', async () => {
  const relays = await Promise.all([roles.start('relay'), roles.start('relay')]);
  const active = await until('one is active', () => relays.find((relay) => relay.output().includes(ACTIVE)));
  const standby = relays.find((relay) => relay !== active);
  const manager = await nats.connection.jetstreamManager();
  await manager.streams.purge(EVENTS_STREAM);

  active.signal('SIGSTOP');
  const ids = await writeEvents(outbox.database, ENTITIES, ENTITIES, NOTIFIED);
  await until('the standby is active', () => standby?.output().includes(ACTIVE), STOOD_STILL_WITHIN_MS);
  const relayed = { database: outbox.database, connection: nats.connection, withinMs: RELAYED_WITHIN_MS };
  await expectRelayed({ ...relayed, ids });

  active.signal('SIGCONT');
  await until('it has noticed', () => active.output().includes('has lost its session'));
  const more = await writeEvents(outbox.database, ENTITIES, ENTITIES, NOTIFIED);
  await expectRelayed({ ...relayed, ids: [...ids, ...more] });
  expect(active.output().split(ACTIVE)).toHaveLength(2);
});

test('whose database has come to take no writes is not ready, though the database answers', async () => {
  const readOnly = await createTestDatabase();
  const { url, database } = readOnly;
  const relay = await roles.start('relay', { DATABASE_URL: url });
  await database.query(
    `alter database ${new URL(url).pathname.slice(1)} set default_transaction_read_only = on`,
  );
  await terminateSessions(database, 'sagaline-relay');
  await until('it is not ready', async () => {
    const answer = await fetch(`${relay.health}/readyz`);
    const { checks } = (await answer.json()) as { checks: Record<string, boolean> };
    return answer.status === 503 && checks['postgres'] === true && checks['postgres-writable'] === false;
  });
  await readOnly.end();
});
