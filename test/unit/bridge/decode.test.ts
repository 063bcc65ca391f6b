import type { Delivery } from '../../../src/bridge';
import { decode } from '../../../src/bridge/decode';
import { routesFor } from '../../../src/bridge/route';
import { createCatalogue } from '../../../src/contracts';
import { fakeDelivery, pingEvent } from '../../support/fakes/bridge';
import { binary, structured } from '../../support/fakes/messages';
import { pinged, pingDomain, pingedV1, ponged } from '../../support/ping/domain';
import { PINGED, PONGED } from '../../support/ping/names';

const catalogue = createCatalogue([pingDomain]);
const decoded = (changes: Partial<Delivery> = {}) => decode(fakeDelivery(changes), catalogue);

test('an event that agrees with its subject is an event', () => {
  expect(decoded()).toEqual({ ok: true, event: pingEvent, published: pinged });
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

test('what is wrong with the event itself is said as at the door', () => {
  expect(decoded({ body: structured({ id: '' }).body })).toMatchObject({
    ok: false,
    rejection: { reason: 'invalid-envelope', path: 'id' },
  });
});

describe('the routes of an event', () => {
  const namesFor = (event: typeof pingEvent) => routesFor(event, catalogue).map(({ name }) => name);
  const ponging = (note: string) => ({ ...pingEvent, type: PONGED, data: { pingId: 'p-1', note } });

  test('are those of its type whose condition holds', () => {
    expect(namesFor(pingEvent)).toEqual(['pinged']);
    expect(namesFor(ponging('hello'))).toEqual(['ponged']);
    expect(namesFor(ponging('ignore me'))).toEqual([]);
    expect(namesFor({ ...pingEvent, type: 'of.nobody.at-all.v1' })).toEqual([]);
    expect(catalogue.routesOf(ponged.type)).toHaveLength(1);
  });
});
