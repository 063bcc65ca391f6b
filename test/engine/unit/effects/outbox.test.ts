// What a step writes into the outbox: events with identities of their own, that can be published.
import { z } from 'zod';
import type { Transaction } from '../../../../src/adapters/postgres';
import { defineEvent, MAX_EVENT_BYTES, personal } from '../../../../src/contracts';
import { activity, UnpublishableEventError, writeOutbox } from '../../../../src/effects';
import { insertIntoOutbox } from '../../../../src/effects/outbox';
import type { PersonalData } from '../../../../src/security/personal';
import { ownPinged, ownPingedV1, pinged } from '../../../support/ping/domain';

/** Remembers what is inserted: entity, id, source, subject, body, headers. */
function transaction() {
  const rows: (readonly unknown[])[] = [];
  const tx: Transaction = {
    query: (text, values = []) => {
      if (text.includes('insert into sagaline.outbox')) rows.push(values);
      return Promise.resolve([]);
    },
  };
  return { tx, ids: () => rows.map(([, id]) => id), events: () => rows.map(([, , , , body]) => json(body)) };
}

const json = (body: unknown) =>
  JSON.parse(Buffer.from(body as Uint8Array).toString()) as Record<string, unknown>;
const step = { key: 'p-1:ping:0', context: 'pings' };
const data = { pingId: 'p-1', urgency: 1 };

test('events of one fact in one transaction have identities of their own, the same ones in a repeat of it', async () => {
  const attempts = [transaction(), transaction()];
  for (const { tx } of attempts) {
    await writeOutbox(tx, { ...step, contract: ownPinged, data });
    await writeOutbox(tx, { ...step, contract: ownPinged, data });
    await writeOutbox(tx, { ...step, contract: ownPingedV1, data: { pingId: 'p-1' } });
    await writeOutbox(tx, { ...step, key: 'p-1:ping:1', contract: ownPinged, data });
  }
  const ids = ['p-1:ping:0:pinged', 'p-1:ping:0:pinged:2', 'p-1:ping:0:pinged:3', 'p-1:ping:1:pinged'];
  expect(attempts.map((attempt) => attempt.ids())).toEqual([ids, ids]);
});

test('an event that breaks its contract, or is too large, is refused before it is written', async () => {
  const { tx, ids } = transaction();
  const wrong = writeOutbox(tx, { ...step, contract: ownPinged, data: { ...data, urgency: 11 } });
  await expect(wrong).rejects.toThrow(UnpublishableEventError);
  const long = writeOutbox(tx, { ...step, key: 'k'.repeat(200), contract: ownPinged, data });
  await expect(long).rejects.toMatchObject({
    name: 'UnpublishableEventError',
    detail: expect.stringContaining('id'),
  });
  const row = { entity: 'e', id: 'i', source: '/s', subject: 'evt.a.b.v1.c' };
  await insertIntoOutbox(tx, { ...row, body: new Uint8Array(MAX_EVENT_BYTES) });
  const large = insertIntoOutbox(tx, { ...row, id: 'j', body: new Uint8Array(MAX_EVENT_BYTES + 1) });
  await expect(large).rejects.toMatchObject({
    subject: row.subject,
    detail: expect.stringContaining('262145'),
  });
  expect(ids()).toEqual(['i']);
});

test('an event that only others publish is refused before it is written', async () => {
  const { tx, ids } = transaction();
  const writing = writeOutbox(tx, { ...step, contract: pinged, data });
  await expect(writing).rejects.toMatchObject({
    name: 'UnpublishableEventError',
    detail: expect.stringContaining('"/sagaline/pings" may not publish test.sagaline.pings.pinged.v2'),
  });
  expect(ids()).toEqual([]);
});

test('that is a final failure of its activity', async () => {
  const { tx } = transaction();
  const writing = activity(z.object({}), () =>
    writeOutbox(tx, { ...step, contract: ownPinged, data: { ...data, urgency: 11 } }),
  );
  await expect(writing({})).rejects.toMatchObject({ nonRetryable: true });
});

test.each([
  [
    'the event that the step follows from',
    { causationId: 'e-1', traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`, tracestate: 'vendor=1' },
  ],
  ['nothing where there is none', undefined],
  ['nothing that cannot be read', { causationId: 5, traceparent: 'x', tracestate: 'vendor=1' }],
])('an event carries %s', async (_, cause) => {
  const { tx, events } = transaction();
  await activity(z.object({}), () => writeOutbox(tx, { ...step, contract: ownPinged, data }))({}, cause);
  const [event] = events();
  const { causationId, traceparent, tracestate } = typeof cause?.causationId === 'string' ? cause : {};
  const carried = [event?.['causationid'], event?.['traceparent'], event?.['tracestate']];
  expect(carried).toEqual([causationId, traceparent, tracestate]);
});

describe('an event with personal fields', () => {
  const contract = defineEvent({
    type: 'test.sagaline.pings.answered.v1',
    entity: 'ping',
    summary: 'Somebody has answered.',
    schema: z.strictObject({ pingId: z.string().max(64), name: personal(z.string().max(64)) }),
    key: ({ pingId }) => pingId,
    subject: ({ pingId }) => pingId,
    example: { pingId: 'p-1', name: 'Ada' },
  });
  const answered = { ...step, contract, data: { pingId: 'p-1', name: 'Ada' } };

  test('is encrypted within the transaction, once it is checked', async () => {
    const { tx, events } = transaction();
    const seal: PersonalData['seal'] = (_, given, within) =>
      Promise.resolve({ ...given, name: within === tx ? 'sealed' : 'in another transaction' });
    await writeOutbox(tx, { ...answered, personal: { seal } });
    expect(events()).toMatchObject([{ data: { pingId: 'p-1', name: 'sealed' } }]);
    const long = { pingId: 'p-1', name: 'x'.repeat(65) };
    const wrong = writeOutbox(tx, { ...answered, data: long, personal: { seal } });
    await expect(wrong).rejects.toThrow('data.name');
  });

  test('is refused if nothing is given that encrypts it', async () => {
    const { tx, ids } = transaction();
    await expect(writeOutbox(tx, answered)).rejects.toThrow('it has personal fields');
    expect(ids()).toEqual([]);
  });
});
