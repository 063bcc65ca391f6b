// What the relay publishes of an outbox into which every worker pool may write.
import type { EventContract } from '../../../../src/contracts';
import {
  createCatalogue,
  deadLetterHeaders,
  deadLetterSubject,
  encodeEvent,
  fromProvider,
  internalSource,
  subjectOf,
  WORKFLOW_DEAD_LETTERS,
} from '../../../../src/contracts';
import { outboxPolicy } from '../../../../src/relay';
import type { WrittenRow } from '../../../../src/relay/policy';
import { outboxWriters } from '../../../../src/runtime/outbox-writers';
import type { Pool } from '../../../../src/runtime/app';
import { ownPinged, pinged, pingDomain, ponged } from '../../../support/ping/domain';

const capability = { name: 'pinging', taskQueue: 'pings', steps: {} };
const pool = (of: Partial<Pool>) => ({ domain: pingDomain, taskQueue: 'any', activities: () => ({}), ...of });
const writers = outboxWriters(
  {
    pools: {
      pings: pool({ taskQueue: 'pings', publishes: ['pings'] }),
      sagas: pool({ taskQueue: 'sagas', workflows: 'workflows', places: [capability] }),
      payments: pool({ taskQueue: 'payments', publishes: ['payments'] }),
    },
  },
  'shop',
);

function problem(row: WrittenRow, contract: EventContract = ownPinged): string | undefined {
  const contractOf = (type: string) => (type === contract.type ? contract : undefined);
  const catalogue = { ...createCatalogue([pingDomain]), contractOf };
  return outboxPolicy(catalogue, writers)(row)?.detail;
}

function eventRow(of: Partial<WrittenRow> = {}, { source = internalSource('pings') } = {}): WrittenRow {
  const data = { pingId: 'p-1', urgency: 1 };
  const { body, subject, id } = encodeEvent(
    { contract: pinged, id: 'step:pinged', time: new Date().toISOString(), data },
    { source },
  );
  return { event_id: id, source, subject, body: Buffer.from(body), headers: null, writer: null, ...of };
}

function deadLetterRow(of: Partial<WrittenRow> = {}): WrittenRow {
  const subject = subjectOf({ prefix: '', context: 'pings', fact: 'pinged', major: 2 }, 'p-1');
  const rejection = { reason: 'late', detail: 'it has closed' } as const;
  return {
    ...eventRow(),
    ...{ event_id: 'dead-letter:1', source: WORKFLOW_DEAD_LETTERS, writer: 'shop_worker_sagas' },
    subject: deadLetterSubject({ rejection, subject }),
    headers: deadLetterHeaders({ rejection, subject, workflow: 'ping-p-1', deadLetteredAt: new Date() }),
    ...of,
  };
}

test.each(['shop_worker_pings', 'shop_worker_sagas', null])(
  'an event of the own steps, by the pool of its context, by one that places the capability, by one user for all: %s',
  (writer) => expect(problem(eventRow({ writer }))).toBeUndefined(),
);

test.each([
  ['external', pinged],
  ['of a provider', { ...pinged, origin: fromProvider('psp') }],
])(
  'an event that is %s is refused, under a source of its own and under one of the project',
  (_, contract) => {
    expect(problem(eventRow({}, { source: '/web-shop' }), contract)).toMatch(
      /do not publish|may not publish/,
    );
    expect(problem(eventRow({}, { source: '/providers/psp' }), contract)).toMatch(
      /do not publish|may not publish/,
    );
    expect(problem(eventRow(), contract)).toMatch(/do not publish|may not publish/);
  },
);

test.each([
  ['a foreign source', eventRow({}, { source: '/web-shop' }), 'only the project’s own steps'],
  ['a row with another source', eventRow({ source: '/web-shop' }), 'another source or id'],
  ['a row with another id', eventRow({ event_id: 'another' }), 'another source or id'],
  ['headers of its own', eventRow({ headers: { 'Sagaline-Redrive': '1:1' } }), 'no headers'],
  ['another subject', eventRow({ subject: 'evt.pings.pinged.v2.p-2' }), 'subject'],
  [
    'an unknown type',
    eventRow({ body: Buffer.from(eventRow().body.toString().replace('pinged.v2', 'pinged.v9')) }),
    'is not known',
  ],
  ['no event', eventRow({ body: Buffer.from('{}') }), 'CloudEvents'],
])('%s is refused', (_, row, detail) => expect(problem(row)).toContain(detail));

test.each([
  ['a pool of another context', 'shop_worker_payments'],
  ['a role that is no pool', 'shop_gateway'],
  ['a role of another project', 'worker_pings'],
])('an event that was written by %s is refused', (_, writer) => {
  expect(problem(eventRow({ writer }))).toContain(`"${writer}" may not publish`);
});

test('a pool publishes under the sources of its contexts only', () => {
  const row = eventRow({ writer: 'shop_worker_pings' }, { source: internalSource('payments') });
  expect(problem(row)).toContain('may not publish as "/sagaline/payments"');
});

test('a dead letter is one of a workflow, by a pool that runs some', () => {
  expect(problem(deadLetterRow())).toBeUndefined();
  expect(problem(deadLetterRow({ writer: null }))).toBeUndefined();
  expect(problem(deadLetterRow({ writer: 'shop_worker_payments' }))).toContain('runs no workflows');
});

test.each([
  ['no headers', { headers: null }],
  ['a header of an event', { headers: { ...deadLetterRow().headers, 'x-jws-signature': 'a..b' } }],
  ['no workflow', { headers: { 'Sagaline-Reason': 'late' } }],
  ['another reason than its subject', { subject: 'dlq.unmatched.pings.p-1' }],
  [
    'a reason of the bridge',
    { subject: 'dlq.poison.pings.p-1', headers: { ...deadLetterRow().headers, 'Sagaline-Reason': 'poison' } },
  ],
  ['another source', { source: '/web-shop' }],
] as const)('a dead letter with %s is refused', (_, of) => {
  expect(problem(deadLetterRow(of))).toContain('not the dead letter of a workflow');
});

test('a dead letter may have the event of anybody', () => {
  expect(problem(deadLetterRow({ body: Buffer.from('anything') }), ponged)).toBeUndefined();
});
