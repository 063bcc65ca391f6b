import type { DomainEvent } from '../../../../src/contracts';
import type { Delivery } from '../../../../src/delivery';
import { routesFor } from '../../../../src/bridge/bridge';
import {
  createCatalogue,
  decodePublished,
  defineDomain,
  defineRoutes,
  redriveHeaders,
  route,
} from '../../../../src/contracts';
import { fakeDelivery, pingEvent } from '../../../support/fakes/bridge';
import { binary, structured } from '../../../support/fakes/messages';
import { ping, pinged, pingDomain, pingedV1, pingRoutes, ponged } from '../../../support/ping/domain';
import { PINGED, PONGED } from '../../../support/ping/names';

const catalogue = createCatalogue([pingDomain]);
const decoded = (changes: Partial<Delivery> = {}) => decodePublished(fakeDelivery(changes), catalogue);

test('an event that agrees with its subject is an event', () => {
  expect(decoded()).toEqual({
    ok: true,
    event: pingEvent,
    published: pinged,
    publishedData: pingEvent.data,
    stripped: [],
  });
});

test('an older version agrees with the subject that it was published to', () => {
  const older = structured({ type: PINGED, data: { pingId: 'p-1' } });
  expect(decoded({ subject: 'evt.pings.pinged.v1.p-1', body: older.body })).toMatchObject({
    ok: true,
    event: { type: pinged.type, data: { urgency: 0 } },
    published: pingedV1,
  });
  expect(decoded({ subject: 'evt.pings.pinged.v2.p-1', body: older.body })).toMatchObject({
    ok: false,
    rejection: { reason: 'subject-mismatch', path: 'type' },
  });
});

test.each([
  ['another context', 'evt.pongs.pinged.v2.p-1', 'type'],
  ['another fact', 'evt.pings.ponged.v2.p-1', 'type'],
  ['another version', 'evt.pings.pinged.v3.p-1', 'type'],
  ['another key', 'evt.pings.pinged.v2.p-2', 'data'],
  ['too few tokens', 'evt.pings.pinged.v2', 'type'],
  ['too many tokens', 'evt.pings.pinged.v2.p-1.more', 'type'],
  ['another space', 'dlq.pings.pinged.v2.p-1', 'type'],
])('a subject with %s does not agree', (_, subject, path) => {
  const decoding = decoded({ subject });
  expect(decoding).toMatchObject({ ok: false, rejection: { reason: 'subject-mismatch', path } });
  expect(decoding).toMatchObject({
    rejection: { detail: expect.stringContaining(subject.split('.').at(-1) ?? '') },
  });
});

test('headers may be written in any case, and the first of several values counts', () => {
  const { headers, body } = binary({ 'content-type': 'application/json' });
  const shouted = Object.entries(headers).map(
    ([name, value]) => [name.toUpperCase(), [value, 'other']] as const,
  );
  expect(decoded({ headers: Object.fromEntries(shouted), body })).toMatchObject({
    ok: true,
    event: pingEvent,
  });
});

test('an event that a redrive has brought says so; nonsense in its place is none', () => {
  const redriveOf = (headers: Delivery['headers']) => {
    const decoding = decoded({ headers });
    return decoding.ok && decoding.event.redrive;
  };
  expect(redriveOf({ 'sagaline-redrive': ['17:2'] })).toBe('17:2');
  for (const text of ['', '17', '17:x', '17:2\n', `1:${'2'.repeat(99)}`]) {
    expect(redriveOf({ 'Sagaline-Redrive': [text] })).toBeUndefined();
  }
});

test('what is wrong with the event itself is said as at the endpoint', () => {
  expect(decoded({ body: structured({ id: '' }).body })).toMatchObject({
    ok: false,
    rejection: { reason: 'invalid-envelope', path: 'id' },
  });
});

describe('the routes of an event', () => {
  const routingOf = (event: DomainEvent, headers: Delivery['headers'] = {}) =>
    routesFor(event, headers, catalogue);
  const namesFor = (...of: Parameters<typeof routingOf>) => {
    const routing = routingOf(...of);
    return routing.ok ? routing.routes.map(({ name }) => name) : routing.rejection;
  };
  const ponging = (note: string) => ({ ...pingEvent, type: PONGED, data: { pingId: 'p-1', note } });

  test('are those of its type whose condition holds', () => {
    expect(namesFor(pingEvent)).toEqual(['pinged']);
    expect(namesFor(ponging('hello'))).toEqual(['ponged']);
    expect(namesFor(ponging('ignore me'))).toEqual([]);
    expect(namesFor({ ...pingEvent, type: 'of.nobody.at-all.v1' })).toEqual([]);
    expect(catalogue.routesOf(ponged.type)).toHaveLength(1);
  });

  const broadcast = defineDomain({
    ...pingDomain,
    workflows: [ping, { ...ping, name: 'audit' }],
    routes: [
      ...pingRoutes,
      ...defineRoutes({ 'höre zu': route({ event: pinged, workflow: { ...ping, name: 'audit' } }) }),
    ],
  });

  test('are one where a redrive asks for it, whatever the case of the header and the dead letters of the name', () => {
    const several = createCatalogue([broadcast]);
    expect(routesFor(pingEvent, {}, several)).toMatchObject({ routes: [{}, {}] });
    for (const name of ['pinged', 'höre zu']) {
      const headers = Object.entries(redriveHeaders({ route: name, redrive: '7:1' }));
      const shouted = headers.map(([header, value]) => [header.toUpperCase(), [value]] as const);
      expect(routesFor(pingEvent, Object.fromEntries(shouted), several)).toMatchObject({
        ok: true,
        routes: [{ name }],
      });
    }
  });

  test.each([
    ['a name that no route has', pingEvent, 'no-such-route'],
    ["another event's route", pingEvent, 'ponged'],
    ['a route whose condition does not hold', ponging('ignore me'), 'ponged'],
    ['nothing', pingEvent, ''],
  ])('are none where a redrive asks for %s', (_, event, asked) => {
    expect(namesFor(event, { 'Sagaline-Route': [asked] })).toEqual({
      reason: 'unknown-route',
      detail: `no route "${asked}" takes this ${event.type}`,
    });
  });
});
