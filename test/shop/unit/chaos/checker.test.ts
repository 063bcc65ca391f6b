import { invariants, judge } from '../../../chaos/invariants';
import type { Evidence } from '../../../chaos/evidence/types';
import { soundEvidence } from './sound-evidence';

/** A copy whose parts may be changed. */
type Open<Value> = Value extends object ? { -readonly [Key in keyof Value]: Open<Value[Key]> } : Value;

/** For each invariant what a run could leave behind that breaks it. */
const BROKEN: Readonly<Record<string, readonly ((evidence: Open<Evidence>) => unknown)[]>> = {
  'what was acknowledged to its publisher is in the stream': [
    ({ ledger }) =>
      ledger.acknowledged.push({ via: 'http', event: { source: '/s', id: 'lost' }, subject: 'evt' }),
    ({ ledger }) => ledger.acknowledged.push({ via: 'nats', subject: 'evt', sequence: 999 }),
    ({ ledger, stream }) => ((ledger.acknowledged[0] ?? fail()).sequence = stream.at(-1)?.sequence ?? 0),
    ({ webhooks }) => webhooks.push({ identity: '/providers/carrier lost', delivered: true }),
  ],
  'every event was applied or is a dead letter': [
    ({ runs }) => (runs[0] ?? fail()).signals.pop(),
    ({ deadLetters }) => deadLetters.shift(),
  ],
  'events of one key have come in the order of the stream': [
    ({ runs }) => (runs[0] ?? fail()).signals.reverse(),
  ],
  'each submitted order has come to one end': [
    ({ books }) => ((books.orders[0] ?? fail()).state = 'confirmed'),
    ({ books }) => books.orders.shift(),
    ({ books }) =>
      books.outbox.push({ id: '99', identity: 'x', subject: 'evt.orders.rejected.v1.a', published: true }),
    ({ runs }) => ((runs[0] ?? fail()).result = { state: 'rejected' }),
    ({ runs }) => runs.push({ ...(runs[0] ?? fail()), signals: [], status: 'RUNNING', runId: 'second' }),
  ],
  'each order is entered once, each request answered once': [
    ({ books }) =>
      books.outbox.push({
        id: '99',
        identity: 'x',
        subject: 'evt.orders.cancellation-refused.v1.b',
        published: true,
      }),
    ({ books }) =>
      (books.outbox = books.outbox.filter(({ subject }) => subject !== 'evt.orders.cancelled.v1.b')),
    ({ deadLetters }) =>
      deadLetters.push({ reason: 'late', identity: '/shop submit-a', workflowId: 'order-a' }),
  ],
  'steps were compensated in reverse order': [({ runs }) => (runs[1] ?? fail()).compensated.reverse()],
  'no workflow task has failed': [
    ({ runs }) => (runs[0] ?? fail()).failedTasks.push('WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR'),
  ],
  'nothing was done twice for an order': [
    ({ books }) => books.messages.push({ orderId: 'a', template: 'order-completed' }),
    ({ provider }) => provider.shipments.push({ id: 'shp_9', orderId: 'a', status: 'delivered' }),
    ({ books }) => ((books.reservations[0] ?? fail()).quantity = 4),
    ({ books }) => ((books.reservations[1] ?? fail()).state = 'shipped'),
  ],
  'each view of an article was counted once': [
    ({ books }) => ((books.views[0] ?? fail()).views = 2),
    ({ books }) => books.views.pop(),
  ],
  'what was paid is what completed orders cost': [
    ({ books }) => ((books.payments[0] ?? fail()).captured = 999),
    ({ books }) => ((books.payments[1] ?? fail()).state = 'authorized'),
    ({ books }) => ((books.orders[0] ?? fail()).amount = 1),
    // Nobody has taken it by hand, given it back by hand, or lost it to the bank.
    ({ decided }) => decided.pop(),
    ({ books }) => (ours(books, 'pay_1').refunded = 1_000),
    ({ provider }) => (theirs(provider, 'pay_6').dispute = { status: 'won', amount: 1_000 }),
    ({ provider }) => (theirs(provider, 'pay_6').dispute = { status: 'lost', amount: 999 }),
  ],
  'the provider’s books equal ours, or reconciliation names the difference': [
    // We do not know it, or it does not.
    ({ provider }) => provider.payments.push({ ...theirs(provider, 'pay_1'), id: 'pay_9' }),
    ({ provider }) => provider.payments.shift(),
    // A difference that the provider has not made on its own, though it may be named.
    ({ provider }) => (theirs(provider, 'pay_1').captured = 999),
    ({ provider, reconciliation }) => {
      theirs(provider, 'pay_1').captured = 999;
      reconciliation.findings.push(named('a', 'pay_1'));
    },
    ({ provider }) => (theirs(provider, 'pay_1').amount = 999),
    ({ provider }) => (theirs(provider, 'pay_1').currency = 'JPY'),
    ({ provider }) => (theirs(provider, 'pay_1').orderId = 'b'),
    ({ books, reconciliation }) => {
      ours(books, 'pay_2').state = 'authorized';
      reconciliation.findings.push(named('b', 'pay_2'));
    },
    ({ provider, reconciliation }) => {
      theirs(provider, 'pay_1').refunded = 1;
      reconciliation.findings.push(named('a', 'pay_1'));
    },
    // Given back by us, which the provider does not know.
    ({ books }) => (ours(books, 'pay_5').refunded = 401),
    // What it has made, and nobody names: an authorization that is gone, money given back, a dispute.
    ({ books }) => (ours(books, 'pay_4').state = 'authorized'),
    ({ reconciliation }) => reconciliation.findings.splice(2, 1),
    ({ reconciliation }) => reconciliation.findings.splice(3, 1),
    ({ provider }) => (theirs(provider, 'pay_1').dispute = { status: 'needs_response', amount: 1 }),
    // Named though there is none.
    ({ reconciliation }) => reconciliation.findings.push(named('a', 'pay_1')),
    ({ provider }) => (theirs(provider, 'pay_6').dispute = { status: 'won', amount: 1_000 }),
    // An authorization that nobody has lifted, or a payment that nobody has decided.
    ({ provider }) => (theirs(provider, 'pay_2').status = 'requires_capture'),
    ({ books, provider }) => {
      theirs(provider, 'pay_2').status = 'requires_action';
      ours(books, 'pay_2').state = 'pending';
    },
  ],
  'stock on hand, reserved and shipped is what was received': [
    ({ books }) => ((books.stock[0] ?? fail()).onHand = 7),
    ({ books }) => ((books.reservations[1] ?? fail()).state = 'reserved'),
    ({ books }) => Object.assign(books.stock[0] ?? fail(), { onHand: 7, reserved: 1 }),
    ({ books }) => Object.assign(books.stock[0] ?? fail(), { onHand: 7, shipped: 3 }),
  ],
  'reconciliation finds what others have done, and nothing else': [
    ({ reconciliation }) => reconciliation.findings.push({ orderId: 'a', kind: 'money', detail: '' }),
    ({ reconciliation }) => reconciliation.findings.push({ orderId: 'd', kind: 'stock', detail: '' }),
    // Its books could not be compared.
    ({ reconciliation }) =>
      reconciliation.findings.push({ orderId: 'payment-provider', kind: 'money', detail: 'it is away' }),
    ({ reconciliation }) => reconciliation.findings.splice(1, 1),
    ({ reconciliation }) => reconciliation.findings.pop(),
    ({ reconciliation }) => (reconciliation.omitted = 1),
    ({ decided }) => decided.shift(),
  ],
  'the outbox is empty': [({ books }) => ((books.outbox[0] ?? fail()).published = false)],
  'each event of the outbox is in the stream once': [
    ({ stream }) => stream.pop(),
    ({ stream }) => stream.push({ ...(stream.at(-1) ?? fail()), sequence: 99 }),
    ({ deadLetters }) => deadLetters.pop(),
  ],
  'each effect has its event in the outbox': [
    ({ books }) => (books.outbox = books.outbox.filter(({ subject }) => !subject.includes('stock-shipped'))),
    ({ books }) =>
      (books.outbox = books.outbox.filter(({ subject }) => !subject.includes('orders.completed'))),
  ],
  'no event of a source without the right to it was applied': [
    ({ runs }) => (runs[0] ?? fail()).signals.push('/forger forged-a'),
    ({ books }) => books.timeline.push('a /forger forged-a'),
    ({ deadLetters }) => ((deadLetters[1] ?? fail()).reason = 'late'),
  ],
  'the subscription has told each event once': [
    ({ books }) => books.timeline.pop(),
    ({ books }) => books.timeline.push(books.timeline[0] ?? fail()),
    ({ books }) => books.timeline.push('a never published'),
  ],
};

const cases = Object.entries(BROKEN).flatMap(([name, ways]) =>
  ways.map((spoil, index) => ({ name, number: index + 1, spoil })),
);

test('sound books are green', () => {
  const { verdict, invariants: found } = judge(soundEvidence());
  expect(found.filter(({ checked, violations }) => checked === 0 || violations.length > 0)).toEqual([]);
  expect(verdict).toBe('green');
});

test('every invariant can be broken', () => {
  expect(Object.keys(BROKEN).sort()).toEqual(invariants.map(({ name }) => name).sort());
});

test.each(cases)('$name: red ($number)', ({ name, spoil }) => {
  const spoiled = soundEvidence() as Open<Evidence>;
  spoil(spoiled);
  const { verdict, invariants: found } = judge(spoiled);
  expect(found.find((invariant) => invariant.name === name)?.violations).not.toEqual([]);
  expect(verdict).toBe('red');
});

test('what had nothing to look at is red', () => {
  const empty = { ...soundEvidence(), reconciliation: { checked: 0, findings: [], omitted: 0 } };
  expect(judge(empty).verdict).toBe('red');
});

function ours({ payments }: Open<Evidence>['books'], id: string) {
  return payments.find((payment) => payment.id === id) ?? fail();
}

function theirs({ payments }: Open<Evidence>['provider'], id: string) {
  return payments.find((payment) => payment.id === id) ?? fail();
}

function named(orderId: string, paymentId: string) {
  return { orderId, kind: 'money', detail: `${paymentId} is not so` };
}

function fail(): never {
  throw new Error('the sound evidence has no such part');
}
