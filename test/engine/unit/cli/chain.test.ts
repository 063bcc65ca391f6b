// What `sagaline trace` shows of an event: the event that caused it, and its trace.
import { chainIn } from '../../../../src/operator/trace/chain';
import { eventEntry } from '../../../../src/operator/trace/timeline';
import { bytesOf, structured } from '../../../support/fakes/messages';

const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;

test('the chain of an event is its cause and its trace', () => {
  const chain = chainIn(structured({ causationid: 'submit-1', traceparent }));
  expect(chain).toEqual({ causationId: 'submit-1', traceId: 'a'.repeat(32) });
  const at = { storedAt: new Date(0), sequence: 7, subject: 'evt.pings.pinged.v2.p-1' };
  expect(eventEntry({ ...at, ...chain })).toMatchObject({
    text: '◂ event pings.pinged (7) ← submit-1',
    fields: { causationId: 'submit-1', traceId: 'a'.repeat(32) },
  });
  expect(eventEntry(at).text).toBe('◂ event pings.pinged (7)');
});

test.each([structured(), structured({ traceparent: 'garbage' }), { headers: {}, body: bytesOf('no JSON') }])(
  'an event without one has none',
  (message) => expect(chainIn(message)).toEqual({}),
);
