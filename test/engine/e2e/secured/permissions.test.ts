// Which role may use which subject, on a server with the configuration that `sagaline keys init` makes. The tables are
// written by hand, not derived from the code that makes the permissions.
import type { NatsConnection } from 'nats';
import { Events } from 'nats';
import { z } from 'zod';
import type { NatsRole } from '../../../../src/adapters/nats';
import { NATS_ROLES } from '../../../../src/adapters/nats';
import { defineDomain, defineEvent, defineSubscription, external } from '../../../../src/contracts';
import { pinged, pingDomain } from '../../../support/ping/domain';
import type { SecuredNats } from '../../../support/secured-nats';
import { startSecuredNats } from '../../../support/secured-nats';

const schema = z.strictObject({ lampId: z.string().min(1).max(64) });
const lamp = {
  entity: 'lamp',
  schema,
  key: ({ lampId }: { lampId: string }) => lampId,
  example: { lampId: 'l-1' },
};
const lamps = defineDomain({
  name: 'lamps',
  events: [
    defineEvent({
      ...lamp,
      type: 'com.example.lamps.lit.v1',
      summary: 'Lit.',
      origin: external('the switch'),
    }),
    defineEvent({ ...lamp, type: 'com.example.lamps.dimmed.v1', summary: 'Dimmed, by a step.' }),
  ],
  workflows: [],
  routes: [],
  webhooks: [],
});
const ledger = defineSubscription({ name: 'ledger', mode: 'shared', events: [pinged] });
/** With eight lanes, each with a consumer. */
const meter = defineSubscription({
  name: 'meter',
  mode: 'shared',
  events: [pinged],
  batch: { size: 100, withinMs: 200 },
});

const EVERYONE = NATS_ROLES;
const NOBODY: readonly NatsRole[] = [];
const STREAMS = ['EVENTS', 'DEAD_LETTERS', 'DEAD_LETTERS_OVERFLOW', 'OPERATIONS'];

const PUBLISH: readonly (readonly [subject: string, allowed: readonly NatsRole[]])[] = [
  // Events: external ones by the gateway; our own by the relay.
  ['evt.lamps.lit.v1.l-1', ['gateway', 'operator', 'console']],
  ['evt.lamps.dimmed.v1.l-1', ['relay', 'operator', 'console']],
  ['evt.pings.pinged.v2.p-1', ['gateway', 'operator', 'console']],
  ['evt.lamps.unknown.v1.l-1', NOBODY],
  ['evt.lamps.lit.v2.l-1', NOBODY],
  ['evt.lamps.lit.v1.l-1.more', NOBODY],
  ['p.0.0.lamps.lit.v1.l-1', NOBODY],
  ['elsewhere', NOBODY],
  // Dead letters, notes, records, marks.
  ['dlq.late.lamps.l-1', ['bridge', 'relay', 'subscriber', 'operator']],
  ['parked.1.0123456789abcdef', ['bridge', 'subscriber']],
  ['ops.dead-letters.1', ['operator', 'console']],
  ['ops.switches.routes', ['operator', 'console']],
  ['$KV.POISON_DETECTION.EVENTS.1', ['bridge']],
  ['$KV.OTHER.EVENTS.1', NOBODY],
  // Answers and deliveries of others.
  ...EVERYONE.map((role) => [`_INBOX_${role}.a.b`, NOBODY] as const),
  ['_INBOX.a.b', NOBODY],
  ['$JS.ACK.EVENTS.bridge-07.1.1.1.1.0', ['bridge']],
  ['$JS.ACK.hub.account.EVENTS.bridge-07.1.1.1.1.0.random', ['bridge']],
  ['$JS.ACK.EVENTS.sub-ledger-63.1.1.1.1.0', ['subscriber']],
  ['$JS.ACK.EVENTS.other-00.1.1.1.1.0', NOBODY],
  ['$SYS.REQ.SERVER.PING', NOBODY],
  // JetStream's API: state and reading.
  ['$JS.API.INFO', EVERYONE],
  ...STREAMS.map((stream) => [`$JS.API.STREAM.INFO.${stream}`, EVERYONE] as const),
  ['$JS.API.STREAM.INFO.EVENTS_MIRROR', ['operator', 'provision']],
  [
    '$JS.API.STREAM.MSG.GET.EVENTS',
    ['gateway', 'bridge', 'relay', 'subscriber', 'housekeeping', 'operator', 'console', 'provision'],
  ],
  [
    '$JS.API.STREAM.MSG.GET.DEAD_LETTERS',
    ['bridge', 'relay', 'subscriber', 'housekeeping', 'operator', 'console'],
  ],
  ['$JS.API.STREAM.MSG.GET.DEAD_LETTERS_OVERFLOW', ['bridge', 'housekeeping', 'operator']],
  ['$JS.API.STREAM.MSG.GET.OPERATIONS', ['bridge', 'housekeeping', 'operator', 'console']],
  ['$JS.API.STREAM.MSG.GET.EVENTS_MIRROR', ['operator']],
  ['$JS.API.DIRECT.GET.KV_POISON_DETECTION.$KV.POISON_DETECTION.EVENTS.1', ['bridge']],
  ['$JS.API.DIRECT.GET.EVENTS', ['bridge']],
  // Removing. `housekeeping` alone, and nobody removes an event from the middle or touches the mirror.
  ['$JS.API.STREAM.PURGE.EVENTS', ['housekeeping']],
  ['$JS.API.STREAM.MSG.DELETE.EVENTS', NOBODY],
  ...STREAMS.slice(1).flatMap((stream) => [
    [`$JS.API.STREAM.MSG.DELETE.${stream}`, ['housekeeping']] as const,
    [`$JS.API.STREAM.PURGE.${stream}`, NOBODY] as const,
  ]),
  ...STREAMS.map((stream) => [`$JS.API.STREAM.DELETE.${stream}`, NOBODY] as const),
  ...['UPDATE', 'DELETE', 'PURGE', 'MSG.DELETE', 'RESTORE', 'SNAPSHOT'].map(
    (verb) => [`$JS.API.STREAM.${verb}.EVENTS_MIRROR`, NOBODY] as const,
  ),
  ['$JS.API.STREAM.RESTORE.EVENTS', NOBODY],
  ['$JS.API.STREAM.SNAPSHOT.EVENTS', NOBODY],
  // Making and changing.
  ['$JS.API.STREAM.LIST', ['operator', 'provision']],
  ['$JS.API.STREAM.CREATE.OTHER', NOBODY],
  ['$JS.API.STREAM.CREATE.EVENTS_MIRROR', ['provision']],
  ...STREAMS.flatMap((stream) => [
    [`$JS.API.STREAM.CREATE.${stream}`, ['provision']] as const,
    [`$JS.API.STREAM.UPDATE.${stream}`, ['provision']] as const,
  ]),
  ['$JS.API.STREAM.UPDATE.KV_POISON_DETECTION', ['provision']],
  // Consumers: made by provision, pulled by their group.
  ['$JS.API.CONSUMER.LIST.EVENTS', ['housekeeping', 'operator', 'provision']],
  ['$JS.API.CONSUMER.CREATE.EVENTS.bridge-07.p.7.7.>', ['provision']],
  ['$JS.API.CONSUMER.CREATE.EVENTS.sub-ledger-00', ['provision']],
  ['$JS.API.CONSUMER.CREATE.EVENTS.batch-meter-07', ['provision']],
  ['$JS.API.CONSUMER.CREATE.EVENTS.batch-meter-08', NOBODY],
  ['$JS.API.CONSUMER.CREATE.EVENTS.passing_1', NOBODY],
  ['$JS.API.CONSUMER.CREATE.EVENTS', NOBODY],
  ['$JS.API.CONSUMER.DURABLE.CREATE.EVENTS.passing_1', NOBODY],
  ['$JS.API.CONSUMER.CREATE.DEAD_LETTERS.passing_1', NOBODY],
  ['$JS.API.CONSUMER.DURABLE.CREATE.EVENTS.bridge-07', ['provision']],
  // To set it back after a restore.
  ['$JS.API.CONSUMER.DELETE.EVENTS.bridge-07', ['provision']],
  ['$JS.API.CONSUMER.DELETE.EVENTS.batch-meter-07', ['provision']],
  ['$JS.API.CONSUMER.DELETE.EVENTS.batch-meter-08', NOBODY],
  ['$JS.API.CONSUMER.DELETE.EVENTS.passing_1', NOBODY],
  ['$JS.API.CONSUMER.INFO.EVENTS.bridge-07', ['bridge', 'operator', 'console', 'provision']],
  ['$JS.API.CONSUMER.MSG.NEXT.EVENTS.bridge-07', ['bridge']],
  ['$JS.API.CONSUMER.MSG.NEXT.EVENTS.sub-ledger-00', ['subscriber']],
  ['$JS.API.CONSUMER.MSG.NEXT.EVENTS.batch-meter-07', ['subscriber']],
  ['$JS.API.CONSUMER.MSG.NEXT.EVENTS.batch-meter-08', NOBODY],
  ['$JS.API.CONSUMER.MSG.NEXT.EVENTS.passing_1', NOBODY],
  ['$JS.API.CONSUMER.PAUSE.EVENTS.bridge-07', NOBODY],
  ['$JS.API.CONSUMER.LEADER.STEPDOWN.EVENTS.bridge-07', NOBODY],
];

const SUBSCRIBE: readonly (readonly [subject: string, allowed: readonly NatsRole[]])[] = [
  ...EVERYONE.map((role) => [`_INBOX_${role}.a`, [role]] as const),
  ...[
    '>',
    '_INBOX.>',
    '*.>',
    'evt.>',
    'p.>',
    'dlq.>',
    'ops.>',
    '$JS.>',
    '$JS.EVENT.ADVISORY.>',
    '$KV.>',
    '$SYS.>',
  ].map((subject) => [subject, NOBODY] as const),
];

// Making the keys takes a second of a free processor.
jest.setTimeout(60_000);

let nats: SecuredNats;
beforeAll(async () => {
  nats = await startSecuredNats([{ ...pingDomain, subscriptions: [ledger, meter] }, lamps]);
});
afterAll(() => nats.stop());

/** Refused to every role: what the server has said before it says this is complete. */
const LAST = 'nobody.may.use.this';

/** Those of the subjects that the server refuses. It answers in the order of the attempts. */
async function refusals(connection: NatsConnection, attempt: () => void): Promise<Set<string>> {
  const statuses = connection.status();
  attempt();
  connection.publish(LAST);
  const refused = new Set<string>();
  for await (const status of statuses) {
    const subject = status.type === Events.Error ? status.permissionContext?.subject : undefined;
    if (subject === LAST) break;
    if (subject !== undefined) refused.add(subject);
  }
  await connection.close();
  return refused;
}

describe.each(NATS_ROLES)('%s', (role) => {
  const expected = (table: typeof PUBLISH) =>
    Object.fromEntries(table.map(([subject, allowed]) => [subject, allowed.includes(role)]));

  test('publishes to its subjects only', async () => {
    const connection = await nats.open(role);
    const refused = await refusals(connection, () => {
      for (const [subject] of PUBLISH) connection.publish(subject, 'no message');
    });
    expect(Object.fromEntries(PUBLISH.map(([subject]) => [subject, !refused.has(subject)]))).toEqual(
      expected(PUBLISH),
    );
  });

  test('subscribes to its own answers only', async () => {
    const connection = await nats.open(role);
    const refused = await refusals(connection, () => {
      for (const [subject] of SUBSCRIBE) connection.subscribe(subject, { callback: () => undefined });
    });
    expect(Object.fromEntries(SUBSCRIBE.map(([subject]) => [subject, !refused.has(subject)]))).toEqual(
      expected(SUBSCRIBE),
    );
  });
});
