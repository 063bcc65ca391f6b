// W3C trace context, as texts: https://www.w3.org/TR/trace-context, sections 3.2 and 3.3.
import { beginningTrace, readTrace, traceAfter, traceIdOf } from '../../../../src/contracts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';
const traceparent = `00-${TRACE}-${SPAN}-01`;

test.each([
  ['as it is', traceparent, traceparent],
  [
    'of a later version, whose further fields are left out',
    `cc-${TRACE}-${SPAN}-00-what`,
    `00-${TRACE}-${SPAN}-00`,
  ],
])('a traceparent is read %s', (_, given, read) => expect(readTrace(given)).toEqual({ traceparent: read }));

test.each([
  ['absent', undefined],
  ['a number', 5],
  ['empty', ''],
  ['of version ff', `ff-${TRACE}-${SPAN}-01`],
  ['of version 00 with further fields', `${traceparent}-x`],
  ['with a trace id of zeros', `00-${'0'.repeat(32)}-${SPAN}-01`],
  ['with a span id of zeros', `00-${TRACE}-${'0'.repeat(16)}-01`],
  ['in capitals', traceparent.toUpperCase()],
  ['surrounded by spaces', ` ${traceparent}`],
])('one that is %s is no trace, whatever its state', (_, given) =>
  expect(readTrace(given, 'vendor=1')).toBeUndefined(),
);

test('the state of a trace goes with it, and is left out if it is malformed', () => {
  expect(readTrace(traceparent, 'a=1,b=2')).toEqual({ traceparent, tracestate: 'a=1,b=2' });
  expect(readTrace(traceparent, 'ä')).toEqual({ traceparent });
});

test('a trace that begins with an event can be read, and is the same for the same hash', () => {
  const begun = beginningTrace('0123456789abcdef'.repeat(4));
  expect(readTrace(begun.traceparent)).toEqual(begun);
  expect(traceIdOf(begun.traceparent)).toBe('0123456789abcdef0123456789abcdef');
});

test('a process stays in the trace of its first event that has one', () => {
  const later = { traceparent: `00-${TRACE}-${'2'.repeat(16)}-01`, tracestate: 'vendor=2' };
  const another = { traceparent: `00-${'f'.repeat(32)}-${SPAN}-01`, tracestate: 'vendor=3' };
  expect(traceAfter(undefined, {})).toEqual({});
  expect(traceAfter({}, { traceparent })).toEqual({ traceparent });
  expect(traceAfter({ traceparent }, later)).toEqual(later);
  expect(traceAfter(later, another)).toEqual(later);
  expect(traceAfter(later, {})).toEqual(later);
  expect(traceAfter(later, { traceparent })).toEqual({ traceparent });
});
