import { permissionsOf } from '../../../../src/adapters/nats';
import { importsOf, servicesOf } from '../../../../src/adapters/nats/access/accounts';

const permissions = permissionsOf({
  events: { gateway: ['evt.a.b.v1.*', 'evt.a.b.v1.*'], relay: ['evt.a.c.v1.*'] },
  groups: {
    bridge: 'bridge',
    subscriptions: [{ name: 'sub-ledger' }, { name: 'batch-readings', batch: { size: 10 } }],
  },
  broadcast: true,
});
const publishing = (allow: readonly string[]) => ({ publish: { allow }, subscribe: { allow: [] } });

test('a subject that a wider one covers is not imported: the server would send the message twice', () => {
  expect(importsOf(publishing(['a.*', 'a.b', 'a.*.>', 'a.b.c', 'a.>', 'a', 'b.*', 'b.>', 'b.*']))).toEqual([
    'a.>',
    'a',
    'b.>',
  ]);
  expect(importsOf(publishing(['a.*', 'a.*.>', 'a.b.c', '*.b']))).toEqual(['a.*', 'a.*.>', '*.b']);
  expect(importsOf(permissions.gateway).filter((subject) => subject.startsWith('evt.'))).toEqual([
    'evt.a.b.v1.*',
  ]);
});

test('a subscriber with a broadcast imports the pulls of all consumers once', () => {
  const pulls = importsOf(permissions.subscriber).filter((subject) => subject.includes('MSG.NEXT'));
  expect(pulls).toEqual(['$JS.API.CONSUMER.MSG.NEXT.EVENTS.*']);
});

test('only pulls and the read of many events have several answers, and a service names its roles', () => {
  const services = servicesOf(permissions);
  const several = services.filter(({ answers }) => answers === 'several').map(({ subject }) => subject);
  expect(several).toHaveLength(64 + 1 + 1);
  expect(several).toContain('$JS.API.DIRECT.GET.EVENTS');
  expect(services).toContainEqual({
    subject: '$JS.API.STREAM.PURGE.EVENTS',
    roles: ['housekeeping'],
    answers: 'one',
  });
});

test('what the bridges tell each other stays in their account', () => {
  const told = '_INBOX_bridge.ahead.bridge';
  expect(permissions.bridge.publish.allow).toContain(told);
  expect(servicesOf(permissions).map(({ subject }) => subject)).not.toContain(told);
});

test('a subscriber may use the eight consumers of a batch subscription, and provision alone makes them', () => {
  const consumers = (allow: readonly string[]) => [
    ...new Set(allow.flatMap((subject) => /batch-readings-\d\d/.exec(subject) ?? [])),
  ];
  const { subscriber, provision, bridge } = permissionsOf({
    events: { gateway: [], relay: [] },
    groups: { bridge: 'bridge', subscriptions: [{ name: 'batch-readings', batch: { size: 10 } }] },
    broadcast: false,
  });
  expect(consumers(subscriber.publish.allow)).toHaveLength(8);
  expect(consumers(provision.publish.allow)).toHaveLength(8);
  expect(consumers(bridge.publish.allow)).toEqual([]);
  const making = subscriber.publish.allow.filter((subject) => subject.includes('CREATE'));
  expect(making).toEqual([]);
});
