// The line of a dead letter names the event: its ids are what one searches for.
import { createDeadLettering } from '../../../../src/delivery/dead-letter';
import type { Rejection } from '../../../../src/contracts';
import { fakeDeadLetters, fakeDelivery, pingEvent } from '../../../support/fakes/bridge';
import { bytesOf, envelope } from '../../../support/fakes/messages';
import { rememberingLog } from '../../../support/log';

const TRACE_ID = 'ab'.repeat(16);
const TRACEPARENT = `00-${TRACE_ID}-${'cd'.repeat(8)}-01`;

async function lineOf(
  body: string | object,
  more: { readonly reason?: Rejection['reason']; readonly event?: typeof pingEvent } = {},
) {
  const { reason = 'invalid-data', event } = more;
  const log = rememberingLog();
  const deadLetter = createDeadLettering({
    ...{ deadLetters: fakeDeadLetters(), log, hold: () => undefined, random: () => 0 },
    sleep: () => Promise.resolve(),
  });
  const delivery = fakeDelivery({ body: bytesOf(body) });
  await deadLetter({ delivery, rejection: { reason, detail: 'why' }, event }, new AbortController().signal);
  return log.lines;
}

const place = { reason: 'invalid-data', detail: 'why', subject: 'evt.pings.pinged.v2.p-1', sequence: 7 };
const inLine = (fields: object) => [
  { level: 'warn', message: 'dead letter', fields: { ...place, ...fields } },
];

test('of an event that was read', async () => {
  const { id, type, key } = pingEvent;
  const event = { ...pingEvent, traceparent: TRACEPARENT };
  expect(await lineOf(envelope(), { event })).toEqual(
    inLine({ eventId: id, eventType: type, key, traceId: TRACE_ID }),
  );
});

test('of an event with wrong data, or with a wrong envelope: what can be read', async () => {
  const wrong = envelope({ data: { urgency: 99 }, traceparent: TRACEPARENT });
  const { id, type } = wrong;
  const fields = { eventId: id, eventType: type, key: 'p-1', traceId: TRACE_ID };
  expect(await lineOf(wrong)).toEqual(inLine(fields));
  expect(await lineOf({ ...wrong, data_base64: 'e30=' })).toEqual(inLine(fields));
  expect(await lineOf({ ...wrong, id: 'two\nlines', type: 7, traceparent: 'x' })).toEqual(
    inLine({ key: 'p-1' }),
  );
});

test('of what is no event: the key of its subject', async () => {
  expect(await lineOf('{')).toEqual(inLine({ key: 'p-1' }));
  expect(await lineOf('[7]')).toEqual(inLine({ key: 'p-1' }));
});

test('an event that has ended processes is not read for the line', async () => {
  expect(await lineOf(envelope(), { reason: 'poison' })).toEqual(inLine({ reason: 'poison', key: 'p-1' }));
});
