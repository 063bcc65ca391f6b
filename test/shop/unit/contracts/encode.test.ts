import fc from 'fast-check';
import type { DomainEvent, OutgoingEvent } from '../../../../src/contracts';
import {
  createCatalogue,
  decodeEvent,
  encodeEvent,
  InvalidEventError,
  isStorable,
  newEvent,
  outgoing,
  parseSubject,
} from '../../../../src/contracts';
import { shop } from '../../../../domains/shop';
import { pinged, pingDomain, ponged } from '../../../support/ping/domain';
import { PONGED } from '../../../support/ping/names';

const catalogue = createCatalogue([pingDomain, shop]);
const headers = { 'content-type': 'application/cloudevents+json' };
const context = { source: '/tests' };

function decoded({ body }: OutgoingEvent, known = catalogue): DomainEvent {
  const decoding = decodeEvent({ headers, body }, known);
  if (!decoding.ok) throw new Error(`${decoding.rejection.reason}: ${decoding.rejection.detail}`);
  return decoding.event;
}

const jsonOf = ({ body }: OutgoingEvent) => JSON.parse(new TextDecoder().decode(body)) as unknown;

// fast-check names the seed and the path of a failure, with which it can be repeated.
const line = (maxLength: number) =>
  fc
    .string({ unit: 'binary', minLength: 1, maxLength })
    .filter((text) => text.length <= maxLength && !/[\u0000-\u001f\u007f-\u009f]/.test(text)); // eslint-disable-line no-control-regex -- what an attribute may not hold
const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });
const eventContext = fc.record({
  source: line(100).filter((text) => !/\s/.test(text)),
  causationId: maybe(line(100)),
  traceparent: maybe(fc.stringMatching(/^00-[0-9a-f]{31}1-[0-9a-f]{15}1-[0-9a-f]{2}$/)),
});
const time = maybe(
  fc
    .date({ min: new Date(0), max: new Date('9999-01-01'), noInvalidDate: true })
    .map((date) => date.toISOString()),
);
const pingId = fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/);
const note = maybe(fc.string({ unit: 'binary', maxLength: 50 }).filter(isStorable));

test('an event that is encoded decodes to itself', () => {
  const pings = fc.record({ pingId, note, urgency: fc.integer({ min: 0, max: 10 }) });
  fc.assert(
    fc.property(line(100), time, pings, eventContext, (id, at, data, around) => {
      const encoded = encodeEvent(newEvent(pinged, { id, time: at, data }), around);
      const event: DomainEvent = { ...around, id, type: pinged.type, key: data.pingId, time: at, data };
      expect(decoded(encoded)).toEqual(event);
      expect(encoded).toMatchObject({ id, source: around.source });
      expect(parseSubject(encoded.subject)).toEqual({
        context: 'pings',
        fact: 'pinged',
        version: 'v2',
        key: data.pingId,
      });
    }),
  );
});

test('an event that was decoded and encoded again is the same event', () => {
  fc.assert(
    fc.property(line(100), pingId, note, eventContext, (id, key, text, around) => {
      const first = encodeEvent(newEvent(ponged, { id, data: { pingId: key, note: text } }), around);
      expect(outgoing(decoded(first))).toEqual(first);
    }),
  );
});

test.each(shop.events.map((contract) => [contract.type, contract] as const))(
  '%s: its example travels',
  (_, contract) => {
    const encoded = encodeEvent({ contract, id: 'event-1', data: contract.example }, context);
    expect(decoded(encoded)).toMatchObject({
      type: contract.type,
      // Views are of an article; everything else is of an order.
      key: contract.entity === 'article' ? 'TEA-GREEN-250' : 'order-1001',
      data: contract.example,
    });
  },
);

test('the bytes are a structured CloudEvent whose subject and correlation id are the key', () => {
  const encoded = encodeEvent(newEvent(ponged, { id: 'event-1', data: { pingId: 'p-1' } }), context);
  expect(encoded.subject).toBe('evt.pings.ponged.v1.p-1');
  expect(jsonOf(encoded)).toEqual({
    specversion: '1.0',
    id: 'event-1',
    source: '/tests',
    type: PONGED,
    subject: 'p-1',
    datacontenttype: 'application/json',
    correlationid: 'p-1',
    data: { pingId: 'p-1' },
  });
});

describe('our own code cannot make', () => {
  const encode = (changes: { id?: string; source?: string; time?: string; data?: unknown }) => {
    const { id = 'event-1', source = '/tests', time: at, data = { pingId: 'p-1' } } = changes;
    return encodeEvent({ contract: ponged, id, time: at, data }, { source });
  };

  test.each([
    ['data that does not fit', { data: { pingId: 'p-1', more: 1 } }],
    ['a key that no subject can hold', { data: { pingId: 'p.1' } }],
    ['an empty id', { id: '' }],
    ['a source with a line break', { source: '/tests\n' }],
    ['a time that is none', { time: 'yesterday' }],
  ])('an event with %s', (_, changes) => {
    expect(() => encode(changes)).toThrow(InvalidEventError);
    expect(() => encode(changes)).toThrow(PONGED);
  });

  test.each([
    ['data', { data: {} }],
    ['attributes', { id: '' }],
  ])('an event of wrong %s without saying why', (_, changes) => {
    const made = () => {
      try {
        return encode(changes);
      } catch (error) {
        return error;
      }
    };
    expect(made()).toMatchObject({ eventType: PONGED, cause: { name: 'ZodError' } });
  });

  test('an event of what is no type', () => {
    const event = { id: 'event-1', source: '/tests', type: 'ponged', key: 'p-1', data: {} };
    expect(() => outgoing(event)).toThrow(InvalidEventError);
  });
});
