import { z } from 'zod';
import type { DomainEvent, IncomingMessage } from '../../../../src/contracts';
import {
  createCatalogue,
  decodeEvent,
  defineDomain,
  defineEvent,
  external,
  MAX_EVENT_BYTES,
} from '../../../../src/contracts';
import { binary, bytesOf, envelope, structured } from '../../../support/fakes/messages';
import { pinged, pingDomain, pingedV1 } from '../../../support/ping/domain';
import { PINGED, PINGED_V2 } from '../../../support/ping/names';

const catalogue = createCatalogue([pingDomain]);

function decoded(message: IncomingMessage, known = catalogue) {
  const decoding = decodeEvent(message, known);
  if (!decoding.ok) throw new Error(`${decoding.rejection.reason}: ${decoding.rejection.detail}`);
  return decoding;
}

const ping: DomainEvent = {
  id: 'event-1',
  source: '/tests',
  type: PINGED_V2,
  key: 'p-1',
  data: { pingId: 'p-1', urgency: 3 },
};
const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

describe('structured mode', () => {
  test('gives the event and the contract of its version', () => {
    expect(decoded(structured())).toEqual({
      ok: true,
      event: ping,
      published: pinged,
      publishedData: ping.data,
      stripped: [],
    });
  });

  test('gives the attributes that processes need', () => {
    const attributes = { time: '2026-01-01T12:00:00.5+01:00', causationid: 'event-0', traceparent };
    const { event } = decoded(structured({ ...attributes, correlationid: 'p-1' }));
    expect(event).toEqual({ ...ping, time: attributes.time, causationId: 'event-0', traceparent });
  });

  test.each([
    'application/cloudevents+json; charset=utf-8',
    'Application/CloudEvents+JSON',
    ' application/cloudevents+json ;charset=utf-8',
  ])('is "%s"', (contentType) => expect(decoded(structured({}, contentType)).event).toEqual(ping));

  test('is assumed where no content type is given', () => {
    expect(decoded({ headers: {}, body: structured().body }).event).toEqual(ping);
  });

  test('tolerates the attributes of others', () => {
    const more = {
      subject: 'any text',
      dataschema: 'https://example.com/ping',
      datacontenttype: 'application/json; charset=utf-8',
      partitionkey: 'p-1',
      region: 'eu',
      retries: 3,
      sampled: true,
      anextensionwhosenameislong: '',
    };
    const kept = { ...more, datacontenttype: undefined };
    expect(decoded(structured(more)).event).toEqual({ ...ping, attributes: kept });
  });

  test.each(['application/vnd.shop.ping+json; charset=utf-8', 'Text/JSON'])('has data of type %s', (type) =>
    expect(decoded(structured({ datacontenttype: type })).event).toEqual({
      ...ping,
      attributes: { datacontenttype: type },
    }),
  );

  test('has data in base64, which is read as the JSON that it holds', () => {
    const encoded = Buffer.from(JSON.stringify(ping.data)).toString('base64');
    expect(decoded(structured({ data: undefined, data_base64: encoded })).event).toEqual(ping);
  });

  test.each(['00-1-2-3', '', 'garbage', 5, true, { a: 1 }, 'x'.repeat(20_000)])(
    'leaves out a trace context that nobody can read: %j',
    (wrong) =>
      expect(decoded(structured({ traceparent: wrong, tracestate: 'vendor=1' })).event).toEqual(ping),
  );

  test.each(['', 7, 'x'.repeat(513), 'line\nfeed'])('leaves out the state %j of a trace', (tracestate) =>
    expect(decoded(structured({ traceparent, tracestate })).event).toEqual({ ...ping, traceparent }),
  );

  test('is told by its content type, also beside attributes in headers', () => {
    const { headers } = binary({ 'ce-id': 'another', 'content-type': 'application/cloudevents+json' });
    expect(decoded({ headers, body: structured().body }).event).toEqual(ping);
  });

  // "When decoding attributes and a null value is encountered, it MUST be treated as the equivalent of unset or omitted":
  // CloudEvents JSON format 1.0.2, section 2.2.
  test.each(['subject', 'time', 'traceparent', 'datacontenttype', 'region'])(
    'takes a null %s for an absent one',
    (name) => expect(decoded(structured({ [name]: null })).event).toEqual(ping),
  );
});

describe('binary mode', () => {
  test('takes the attributes from headers and the data from the body', () => {
    const headers = {
      'ce-time': '2026-01-01T12:00:00Z',
      'ce-causationid': 'event-0',
      'ce-traceparent': traceparent,
      'ce-tracestate': 'vendor=1',
    };
    expect(decoded(binary({ ...headers, 'x-other': 'not an attribute' }))).toEqual({
      ok: true,
      event: {
        ...ping,
        time: '2026-01-01T12:00:00Z',
        causationId: 'event-0',
        traceparent,
        tracestate: 'vendor=1',
      },
      published: pinged,
      publishedData: ping.data,
      stripped: [],
    });
  });

  test.each(['application/json; charset=utf-8', 'Application/JSON'])('may have the content type %s', (type) =>
    expect(decoded(binary({ 'content-type': type })).event).toEqual(ping),
  );

  test('may have no content type', () => {
    const { headers, body } = binary();
    const others = Object.entries(headers).filter(([name]) => name !== 'content-type');
    expect(decoded({ headers: Object.fromEntries(others), body }).event).toEqual(ping);
  });

  test('cannot carry data other than JSON', () => {
    const decoding = decodeEvent(binary({ 'content-type': 'text/plain' }), catalogue);
    expect(decoding).toMatchObject({ ok: false, rejection: { path: 'datacontenttype' } });
  });

  test.each([
    ['/caf%C3%A9', '/café'],
    ['/50%25', '/50%'],
    ['/100%', '/100%'],
    ['/100%/caf%c3%a9', '/100%/café'],
    ['/a+b', '/a+b'],
    ['"/quoted"', '/quoted'],
    [String.raw`"/a\"b\\c"`, String.raw`/a"b\c`],
    // Go and Java do not encode what they send: a space that is encoded belongs to the URI.
    ['/a%20b', '/a%20b'],
  ])('reads a header %s as %s', (header, source) => {
    expect(decoded(binary({ 'ce-source': header })).event.source).toBe(source);
  });

  test('takes the type of its data from an attribute, as NATS has it, where there is no content type', () => {
    const headers: Record<string, string> = { ...binary({ 'ce-datacontenttype': 'text/xml' }).headers };
    delete headers['content-type'];
    expect(decodeEvent({ headers, body: bytesOf(ping.data) }, catalogue)).toMatchObject({
      ok: false,
      rejection: { path: 'datacontenttype' },
    });
  });

  test('does not let a header stand in for the body', () => {
    expect(decoded(binary({ 'ce-data': '{"pingId":"other"}' })).event.data).toEqual(ping.data);
  });
});

describe('size', () => {
  test.each([
    ['structured', structured().headers, envelope()],
    ['binary', binary().headers, ping.data],
  ])('of exactly the limit is allowed, one byte more is not: %s', (_, headers, value) => {
    const padded = (size: number) => bytesOf(JSON.stringify(value).padEnd(size));
    expect(decoded({ headers, body: padded(MAX_EVENT_BYTES) }).event).toEqual(ping);
    expect(decodeEvent({ headers, body: padded(MAX_EVENT_BYTES + 1) }, catalogue)).toMatchObject({
      ok: false,
      rejection: { reason: 'too-large' },
    });
  });
});

describe('an event of an older version', () => {
  const family = 'test.sagaline.pings.pinged';
  const older = structured({ type: PINGED, data: { pingId: 'p-1', note: 'hello' } });

  test('becomes one of the newest, with its identity, and is known to have been published as the older', () => {
    const { event, published } = decoded(older);
    expect(event).toEqual({ ...ping, data: { pingId: 'p-1', note: 'hello', urgency: 0 } });
    expect(published).toBe(pingedV1);
  });

  const next = (data: (from: unknown) => unknown) =>
    defineEvent({
      entity: pinged.entity,
      summary: pinged.summary,
      origin: external('the tests'),
      type: `${family}.v3`,
      schema: z.strictObject({ pingId: z.string().max(64), marks: z.array(z.int().min(0).max(9)).max(9) }),
      example: { pingId: 'p-1', marks: [1] },
      key: ({ pingId }: { pingId: string }) => pingId,
      upcast: { from: PINGED_V2, data },
    });
  const upTo = (data: (from: unknown) => unknown) =>
    createCatalogue([
      defineDomain({
        name: 'ping',
        events: [pingedV1, pinged, next(data)],
        workflows: [],
        routes: [],
        webhooks: [],
      }),
    ]);

  test('goes through every version between', () => {
    const known = upTo((from) => {
      const { pingId, urgency } = from as { pingId: string; urgency: number };
      return { pingId, marks: [urgency] };
    });
    expect(decoded(older, known).event).toMatchObject({
      type: `${family}.v3`,
      data: { pingId: 'p-1', marks: [0] },
    });
  });

  test('is refused with the place in its data where the newer version does not fit', () => {
    const known = upTo(() => ({ pingId: 'p-1', marks: [1, 10] }));
    const decoding = decodeEvent(older, known);
    expect(decoding).toMatchObject({
      ok: false,
      rejection: { reason: 'invalid-data', path: 'data.marks[1]' },
    });
    expect(decoding).toMatchObject({ rejection: { detail: expect.stringContaining(`${family}.v3`) } });
  });

  test('is refused where the upcaster throws, with what it said', () => {
    const known = upTo(() => {
      throw new Error('no marks here');
    });
    expect(decodeEvent(older, known)).toMatchObject({
      ok: false,
      rejection: { reason: 'invalid-data', detail: expect.stringContaining('no marks here') },
    });
  });
});
