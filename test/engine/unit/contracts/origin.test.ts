// Who may publish what: each origin, by each way, under the right source and under wrong ones.
import type { Domain, EventContract, Origin } from '../../../../src/contracts';
import {
  createCatalogue,
  decodePublished,
  defineEvent,
  defineWebhook,
  external,
  fromProvider,
  internal,
  InvalidConfigError,
  originProblem,
  publisherProblem,
  publishPermissions,
  sourceFor,
} from '../../../../src/contracts';
import { envelope, bytesOf } from '../../../support/fakes/messages';
import { ping, pinged, pingDomain, pingedV1, ponged } from '../../../support/ping/domain';

const of = (origin: Origin): EventContract => ({ ...ponged, origin });
const { origin: declared, ...withoutOrigin } = ponged;
const orders = { path: '/pings', event: ponged, workflow: ping };

const ANY = declared ?? internal;
const SOME = external('the web shop', { sources: ['/web-shop', '/web-shop/*', 'https://shop.example/*'] });
const OURS = fromProvider('pings');

const CASES: readonly (readonly [
  origin: string,
  Origin,
  source: string,
  stream: boolean,
  gateway: boolean,
])[] = [
  ['external', ANY, '/anything', true, true],
  ['external', ANY, 'urn:anything', true, true],
  ['external', ANY, '/providers/pings', false, false],
  ['external', ANY, '/providers', false, false],
  ['external', ANY, '/sagaline/pings', false, false],
  ['external', ANY, '/gateway/other', false, false],
  // The endpoint's own source: nobody may claim it at the door.
  ['external', ANY, '/gateway/pings', true, false],
  // What looks like a reserved source, and is the same identity or nearly so.
  ['external', ANY, '/providers%2Fpings', false, false],
  ['external', ANY, '%2F%70roviders/pings', false, false],
  ['external', ANY, '/Providers/pings', false, false],
  ['external', ANY, '//sagaline/pings', false, false],
  ['external', ANY, '/providers-of-tea', true, true],
  ['external of some', SOME, '/web-shop', true, true],
  ['external of some', SOME, '/web-shop/checkout', true, true],
  ['external of some', SOME, '/web%2Dshop/checkout', true, true],
  ['external of some', SOME, 'https://shop.example/checkout', true, true],
  ['external of some', SOME, '/web-shop/', false, false],
  ['external of some', SOME, '/web-shopping', false, false],
  ['external of some', SOME, '/web-shop2', false, false],
  ['external of some', SOME, 'https://shop.example.evil/checkout', false, false],
  // Who resolves it gets another source.
  ...[
    ...['/web-shop/../by-hand', '/web-shop/%2e%2e/by-hand', '/web-shop/%252E./by-hand', '/web-shop/..'],
    ...['/web-shop/./checkout', '/web-shop/checkout/..', '/web-shop/..?a', '/web-shop/..#a'],
    ...['https://shop.example/../../by-hand', '/web-shop/%2E%2E%2Fproviders%2Fpings'],
  ].map((source) => ['external of some', SOME, source, false, false] as const),
  ['external of some', SOME, '/web-shop/..checkout', true, true],
  ['external of some', SOME, '/web-shop/v1.2', true, true],
  ['external', ANY, '/web-shop/../providers/pings', false, false],
  ['external', ANY, '/web-shop/%2e%2e/sagaline', false, false],
  ['external', ANY, '../web-shop', true, true],
  ['external of some', SOME, '/stranger', false, false],
  ['external of some', SOME, '/providers/pings', false, false],
  ['provider', OURS, '/providers/pings', true, false],
  ['provider', OURS, '/providers/pongs', false, false],
  ['provider', OURS, '/providers/pings/more', false, false],
  ['provider', OURS, '/Providers/pings', false, false],
  ['provider', OURS, '/stranger', false, false],
  ['provider', OURS, '/sagaline/pings', false, false],
  ['internal', internal, '/sagaline/pings', true, false],
  ['internal', internal, '/sagaline/', false, false],
  ['internal', internal, '/sagaline', false, false],
  ['internal', internal, '/providers/pings', false, false],
  ['internal', internal, '/stranger', false, false],
];

test.each(CASES)(
  '%s %j from %s: in the stream %s, by POST /events %s',
  (_, origin, source, stream, gateway) => {
    const taken = [originProblem({ source }, of(origin), [orders]), publisherProblem({ source }, of(origin))];
    expect(taken.map((problem) => problem === undefined)).toEqual([stream, gateway]);
  },
);

test('a contract without an origin is internal', () => {
  expect(originProblem({ source: '/sagaline/pings' }, withoutOrigin)).toBeUndefined();
  expect(publisherProblem({ source: '/tests' }, withoutOrigin)).toMatchObject({ reason: 'forbidden-origin' });
});

test('a refusal names the type, the source and what to do, and nobody else', () => {
  const problems = [SOME, OURS, internal].map((origin) => publisherProblem({ source: '/me' }, of(origin)));
  for (const problem of problems) {
    expect(problem).toMatchObject({ reason: 'forbidden-origin', path: 'source' });
    expect(problem?.detail).toContain(`"/me" may not publish ${ponged.type}: `);
    expect(problem?.detail).not.toMatch(/web-shop|web shop|provider(s|:| )pings|\/providers|\/sagaline/);
  }
});

test('every event that is read from the stream is checked, with the contract that it was published by', () => {
  const provided = defineEvent({ ...ponged, origin: OURS });
  const webhook = defineWebhook({
    provider: 'pings',
    verify: () => ({ ok: true }),
    type: 't',
    notifications: {},
  });
  const catalogue = createCatalogue([
    { ...pingDomain, events: [pingedV1, pinged, provided], webhooks: [webhook] },
  ]);
  const decoded = (source: string, headers: Record<string, string[]> = {}) => {
    const body = bytesOf(envelope({ type: ponged.type, source, data: ponged.example }));
    return decodePublished({ subject: 'evt.pings.ponged.v1.p-1', headers, body }, catalogue);
  };
  expect(decoded('/providers/pings')).toMatchObject({ ok: true });
  expect(decoded('/tests')).toMatchObject({ ok: false, rejection: { reason: 'forbidden-origin' } });
  // A redrive changes nothing.
  expect(decoded('/tests', { 'Sagaline-Redrive': ['7:1'] })).toMatchObject({ ok: false });
  expect(decoded('/providers/pings', { 'Sagaline-Redrive': ['7:1'] })).toMatchObject({ ok: true });
});

function problemsOf(domain: Domain): readonly string[] {
  try {
    createCatalogue([domain]);
    return [];
  } catch (error) {
    if (error instanceof InvalidConfigError) return error.problems;
    throw error;
  }
}

describe('a project is refused with', () => {
  const webhook = (provider: string) =>
    defineWebhook({ provider, verify: () => ({ ok: true }), type: 't', notifications: {} });
  const WRONG: readonly (readonly [string, Partial<typeof pingDomain>, RegExp])[] = [
    [
      'a provider that has no webhook',
      { events: [pingedV1, pinged, of(OURS)] },
      /^event test\.sagaline\.pings\.ponged\.v1: its origin is the provider "pings", which has no webhook; declare/,
    ],
    [
      'a webhook whose events would all be refused',
      { webhooks: [webhook('pings')] },
      /^webhook "pings": no event has the origin fromProvider\('pings'\)/,
    ],
    [
      'an endpoint whose event is not external',
      {
        events: [pingedV1, pinged, withoutOrigin],
        endpoints: [{ path: '/pongs', event: withoutOrigin, workflow: ping }],
      },
      /^endpoint "\/pongs": test\.sagaline\.pings\.ponged\.v1 is not external/,
    ],
    [
      'an older version that others may publish',
      { events: [pingedV1, { ...pinged, origin: internal }, ponged] },
      /^event test\.sagaline\.pings\.pinged\.v2: its origin is not that of test\.sagaline\.pings\.pinged\.v1, which becomes/,
    ],
  ];
  test.each(WRONG)('%s', (_name, changes, problem) => {
    expect(problemsOf({ ...pingDomain, ...changes }).filter((each) => problem.test(each))).toHaveLength(1);
  });

  test.each([
    [[], 'is empty'],
    [['/a b'], '"/a b" is malformed'],
    [['*'], '"*" is malformed'],
    [['/*'], '"/*" is malformed'],
    [['/a*'], '"/a*" is malformed'],
    [['/*/a'], '"/*/a" is malformed'],
    [[''], '"" is malformed'],
    [['/a', '/sagaline/*'], '"/sagaline/*" is reserved'],
    [['/providers/pings'], '"/providers/pings" is reserved'],
    [['/gateway'], '"/gateway" is reserved'],
  ])('the sources %j', (sources, problem) => {
    expect(() => defineEvent({ ...ponged, origin: external('x', { sources }) })).toThrow(problem);
  });
});

test('the source for an example is one that may publish the event', () => {
  const contracts = [ANY, SOME, OURS, internal, external('x', { sources: ['/a/*'] })].map(of);
  const sources = contracts.map((contract) => sourceFor(contract, '/own'));
  expect(sources).toEqual(['/own', '/web-shop', '/providers/pings', '/sagaline/pings', '/a/own']);
  expect(contracts.map((contract, at) => originProblem({ source: sources[at] ?? '' }, contract))).toEqual(
    contracts.map(() => undefined),
  );
});

test('NATS lets publishers, gateway and relay publish what their origins are, and nothing else', () => {
  const contracts = [
    { ...pingedV1, origin: SOME },
    { ...pinged, origin: OURS },
    { ...ponged, origin: internal },
  ];
  expect(publishPermissions({ contracts })).toEqual({
    publishers: [{ publisher: 'the web shop', subjects: ['evt.pings.pinged.v1.*'] }],
    gateway: ['evt.pings.pinged.v1.*', 'evt.pings.pinged.v2.*'],
    relay: ['evt.pings.ponged.v1.*'],
  });
});
