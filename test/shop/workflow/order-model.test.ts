// Random scenarios of events: the rules alone and the real workflow come to the same, after each event and in the end.
import fc from 'fast-check';
import { isDeepStrictEqual } from 'node:util';
import { orderSubmitted } from '../../../domains/shop/events';
import { expectConserved } from '../support/order/conserved';
import type { OrderDriver } from '../support/order/driver';
import { DEADLINES } from '../support/order/environment';
import type { Move, Seen } from '../support/order/model';
import { createModel } from '../support/order/model';
import { setStage } from '../support/order/stage';
import { until } from '../../support/until';

const stage = setStage('model');

const RUNS = 8;
/** Scenarios at the same time: the server is waited for more than it works. */
const AT_ONCE = 4;
/** On a busy machine the order takes its time; where the two disagree, they do so for ever. */
const AGREED_WITHIN_MS = 20_000;
const ALL_WITHIN_MS = 120_000;
const HAS_LEFT = ['awaiting-delivery', 'awaiting-decision'];
const ENDS = ['completed', 'rejected', 'cancelled', 'refunded', 'compensated'];

const move: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('amend' as const),
      pieces: fc.constantFrom(1, 2, 3, 5, 1_000),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('payment-method' as const), good: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('dispatched' as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constantFrom('cancel' as const, 'delivered' as const, 'lost' as const) }),
  },
);
const scenario = fc.record({ good: fc.boolean(), moves: fc.array(move, { minLength: 1, maxLength: 7 }) });

const token = (good: boolean) => (good ? 'tok_visa' : 'tok_declined');

/** The events that bring any order to an end, whatever came before. */
const FINALLY: readonly Move[] = [{ kind: 'cancel' }, { kind: 'delivered' }];

async function seenOf(order: OrderDriver): Promise<Seen> {
  const { orders } = stage.shop;
  return {
    state: (await order.state()) as Seen['state'],
    amount: orders.orderOf(order.orderId)?.amount ?? 0,
    amendments: orders
      .amendmentsOf(order.orderId)
      .map((each) => ('reason' in each ? each.reason : 'amended')),
    refusedCancellations: orders.refusalsOf(order.orderId).length,
  };
}

async function agree(order: OrderDriver, expected: Seen): Promise<void> {
  let seen: Seen | undefined;
  const agrees = async () => {
    seen = await seenOf(order);
    return isDeepStrictEqual(seen, expected);
  };
  await until('rules and workflow agree', agrees, AGREED_WITHIN_MS).catch(() =>
    expect(seen).toEqual(expected),
  );
}

/** @param hasLeft the parcel; before that nothing can become of it, and a notification of it is forged */
function send(
  order: OrderDriver,
  { kind, ...rest }: Move,
  { id, hasLeft }: { id: string; hasLeft: boolean },
): Promise<void> {
  const { delivered, lost } = hasLeft ? order : order.forged;
  if ('pieces' in rest)
    return order.amend({ lines: [{ sku: 'TEA-GREEN-250', quantity: rest.pieces, unitPrice: 2_490 }] }, id);
  if ('good' in rest) return order.providePaymentMethod(token(rest.good), id);
  switch (kind) {
    case 'cancel':
      return order.cancel(id);
    case 'dispatched':
      return order.dispatched(id);
    case 'lost':
      return lost(id);
    default:
      return delivered(id);
  }
}

async function play({ good, moves }: { good: boolean; moves: readonly Move[] }): Promise<void> {
  const order = stage.newOrder();
  const submission = { ...orderSubmitted.example, orderId: order.orderId };
  const model = createModel(submission, DEADLINES.paymentAttempts);
  await order.submit({ paymentToken: token(good) });
  model.submit(good);
  await agree(order, model.seen());
  for (const [at, each] of [...moves, ...FINALLY].entries()) {
    if (ENDS.includes(model.seen().state)) break;
    const hasLeft = HAS_LEFT.includes(model.seen().state);
    model.apply(each);
    await send(order, each, { id: `move-${at}`, hasLeft });
    await agree(order, model.seen());
  }
  expect(ENDS).toContain(model.seen().state);
  const deadLettered = stage.shop.deadLetters.deadLettered.filter(({ event }) => event.key === order.orderId);
  expect(deadLettered.map(({ event }) => event.type).sort()).toEqual(model.late());
  const { inventory, orders } = stage.shop;
  expectConserved(stage.shop, order.orderId);
  // As many pieces have left as were wanted.
  const hasLeft = ['completed', 'refunded'].includes(orders.orderOf(order.orderId)?.state ?? '');
  expect(inventory.shippedFor(order.orderId)).toBe(hasLeft ? model.pieces() : 0);
}

test(
  'rules and workflow agree on every scenario',
  async () => {
    // `jest --seed=N` repeats a run.
    const seed = jest.getSeed();
    process.stdout.write(`order model: seed ${seed}, ${RUNS * AT_ONCE} scenarios\n`);
    const scenarios = fc.array(scenario, { minLength: AT_ONCE, maxLength: AT_ONCE });
    await fc.assert(
      fc.asyncProperty(scenarios, async (some) => {
        const played = await Promise.allSettled(some.map(play));
        for (const each of played) if (each.status === 'rejected') throw each.reason;
      }),
      { seed, numRuns: RUNS, endOnFailure: true },
    );
  },
  ALL_WITHIN_MS,
);
