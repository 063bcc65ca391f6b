import fc from 'fast-check';
import type { IncomingMessage } from '../../../../src/contracts';
import { createCatalogue, decodeEvent, MAX_EVENT_BYTES } from '../../../../src/contracts';
import { shop } from '../../../../domains/shop';
import { orderSubmitted } from '../../../../domains/shop/events';
import { binary, bytesOf, envelope, structured } from '../../../support/fakes/messages';
import { pingDomain } from '../../../support/ping/domain';
import { PINGED, PINGED_V2, PONGED } from '../../../support/ping/names';

const catalogue = createCatalogue([pingDomain, shop]);
const decode = (message: IncomingMessage) => decodeEvent(message, catalogue);

function rejectionOf(message: IncomingMessage) {
  const decoding = decode(message);
  if (decoding.ok) throw new Error('the event was taken');
  return decoding.rejection;
}

const raw = (body: string, contentType = 'application/cloudevents+json'): IncomingMessage => ({
  headers: { 'content-type': contentType },
  body: bytesOf(body),
});
const submitted = (changes: object) =>
  structured({ type: orderSubmitted.type, data: { ...orderSubmitted.example, ...changes } });
const line = orderSubmitted.example.lines[0];

test.each([
  ['too-large', undefined, 'too many bytes', raw(' '.repeat(MAX_EVENT_BYTES + 1))],
  ['not-json', undefined, 'a body that is none', raw('{"specversion":')],
  ['not-json', undefined, 'no body', raw('')],
  ['not-json', undefined, 'binary data that is none', { ...binary(), body: bytesOf('{') }],
  ['too-deep', undefined, 'a tower of arrays', raw('['.repeat(10_000))],
  ['forbidden-text', 'data.note', 'a NUL character', structured({ data: { pingId: 'p', note: 'a\0b' } })],
  [
    'forbidden-text',
    'data.note',
    'half a surrogate pair',
    structured({ data: { pingId: 'p', note: '\ud83c' } }),
  ],
  ['forbidden-key', 'data.constructor', 'a dangerous key', structured({ data: { constructor: 1 } })],
  ['forbidden-key', 'constructor', 'a dangerous key in binary data', binary({}, { constructor: 1 })],
  ['unsupported-content-type', undefined, 'XML', structured({}, 'application/xml')],
  ['unsupported-content-type', undefined, 'plain JSON', structured({}, 'application/json')],
  ['unsupported-content-type', undefined, 'a batch', structured({}, 'application/cloudevents-batch+json')],
  ['invalid-envelope', undefined, 'an array', raw('[]')],
  ['invalid-envelope', undefined, 'null', raw('null')],
  ['invalid-envelope', 'specversion', 'no version', structured({ specversion: undefined })],
  ['invalid-envelope', 'specversion', 'another version', structured({ specversion: '0.3' })],
  ['invalid-envelope', 'id', 'no id', structured({ id: undefined })],
  ['invalid-envelope', 'id', 'an empty id', structured({ id: '' })],
  ['invalid-envelope', 'id', 'a number for an id', structured({ id: 7 })],
  ['invalid-envelope', 'id', 'too long an id', structured({ id: 'x'.repeat(129) })],
  ['invalid-envelope', 'source', 'a line break in the source', structured({ source: '/tests\n' })],
  ['invalid-envelope', 'source', 'a space in the source', structured({ source: '/my shop' })],
  ['invalid-envelope', 'source', 'a NUL in a header', binary({ 'ce-source': '/tests%00' })],
  ['invalid-envelope', 'time', 'a time that is none', structured({ time: 'yesterday' })],
  ['invalid-envelope', 'time', 'a time without a zone', structured({ time: '2026-01-01T00:00:00' })],
  ['invalid-envelope', 'datacontenttype', 'data in XML', structured({ datacontenttype: 'text/xml' })],
  ['invalid-envelope', 'time', 'a year that is none', structured({ time: '0000-01-01T00:00:00Z' })],
  ['invalid-envelope', 'expirytime', 'an expiry that is none', structured({ expirytime: 'soon' })],
  ['invalid-envelope', 'source', 'bytes that are not UTF-8', binary({ 'ce-source': '/%c0%a0' })],
  ['invalid-envelope', 'datacontenttype', 'text in binary mode', binary({ 'content-type': 'text/plain' })],
  ['invalid-envelope', 'data_base64', 'data twice', structured({ data_base64: 'AA==' })],
  [
    'invalid-envelope',
    'data_base64',
    'base64 that is none',
    structured({ data: undefined, data_base64: '*' }),
  ],
  ['not-json', 'data_base64', 'base64 of no JSON', structured({ data: undefined, data_base64: 'AA==' })],
  [
    'invalid-envelope',
    'retries',
    'a number beyond 2^53',
    raw(JSON.stringify(envelope()).replace('{', '{"retries":1e400,')),
  ],
  ['invalid-envelope', 'Region', 'a capital in an attribute', structured({ Region: 'eu' })],
  ['invalid-envelope', 'region', 'an object for an attribute', structured({ region: {} })],
  ['invalid-envelope', 'region', 'too long an attribute', structured({ region: 'x'.repeat(8_193) })],
  ['unknown-type', 'type', 'a type of nobody', structured({ type: 'test.sagaline.pings.lost.v1' })],
  ['unknown-type', 'type', 'a type that is none', structured({ type: 'pinged' })],
  ['unknown-version', 'type', 'another version', structured({ type: 'test.sagaline.pings.pinged.v3' })],
  ['invalid-data', 'data', 'no data', structured({ data: undefined })],
  ['invalid-data', 'data', 'null', structured({ data: null })],
  ['invalid-data', 'data.pingId', 'a missing field', structured({ data: { urgency: 1 } })],
  ['invalid-data', 'data.urgency', 'a wrong field', structured({ data: { pingId: 'p-1', urgency: 11 } })],
  ['invalid-data', 'data', 'an unknown field where money moves', submitted({ coupon: 'TEA10' })],
  [
    'invalid-data',
    'data.lines[0]',
    'an unknown field in a list where money moves',
    submitted({ lines: [{ ...line, discount: 5 }] }),
  ],
  [
    'invalid-data',
    'data.lines[0].quantity',
    'a wrong field in a list',
    submitted({ lines: [{ ...line, quantity: 0 }] }),
  ],
  ['invalid-data', 'data.lines', 'a sku in two lines', submitted({ lines: [line, line] })],
  [
    'invalid-data',
    'data',
    'a key that no subject can hold',
    structured({ type: PONGED, data: { pingId: 'p.1' } }),
  ],
  ['subject-mismatch', 'correlationid', 'another correlation id', structured({ correlationid: 'p-2' })],
] as const)('%s at %s: %s', (reason, path, _, message) => {
  const rejection = rejectionOf(message);
  expect({ reason: rejection.reason, path: rejection.path }).toEqual({ reason, path });
  expect(rejection.detail).not.toBe('');
});

test('a rejection says what would have been right', () => {
  const detailOf = (message: IncomingMessage) => rejectionOf(message).detail;
  expect(detailOf(structured({ type: 'test.sagaline.pings.pinged.v3' }))).toContain(
    `${PINGED}, ${PINGED_V2}`,
  );
  expect(detailOf(submitted({ coupon: 'TEA10' }))).toMatch(/coupon.*leave it out/);
  expect(detailOf(structured({ specversion: '0.3' }))).toContain('"1.0"');
  expect(detailOf(structured({ correlationid: 'p-2' }))).toMatch(/"p-2".*"p-1"/);
  expect(detailOf(raw('{}', 'text/plain'))).toMatch(/text\/plain.*application\/cloudevents\+json/);
  expect(detailOf(raw(' '.repeat(MAX_EVENT_BYTES + 1)))).toMatch(/262145.*262144/);
});

test('whatever arrives, the answer is an event or a rejection, never an exception', () => {
  const header = fc.constantFrom(
    'content-type',
    'ce-specversion',
    'ce-id',
    'ce-type',
    'ce-source',
    'ce-data',
    'ce-__proto__',
  );
  const text = fc.oneof(
    fc.string(),
    fc.constantFrom('1.0', PINGED, 'application/json', '%', '%ff', 'application/cloudevents+json'),
  );
  const body = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.jsonValue().map((value) => bytesOf(value ?? null)),
    fc
      .dictionary(fc.constantFrom(...Object.keys(envelope()), 'time', 'subject'), fc.jsonValue())
      .map((more) => bytesOf(envelope(more))),
  );
  fc.assert(
    fc.property(fc.dictionary(header, text), body, (headers, bytes) => {
      const decoding = decode({ headers, body: bytes });
      expect(decoding).toHaveProperty(decoding.ok ? 'event' : 'rejection');
    }),
    { numRuns: 500 },
  );
});
