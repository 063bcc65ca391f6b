import { setTimeout as sleep } from 'node:timers/promises';
import { headers } from 'nats';
import { submissionOf, newOrderId, orderOf } from './orders';
import type { Shop } from './shop';
import { compensationsOf, effectsOf, endOf, openedOrder } from './shop';
import { deadLetterOf } from './dead-letters';

/** What `npm run demo` shows: each case drives real orders and says how it ended. */
export interface DemoCase {
  readonly name: string;
  readonly run: (shop: Shop) => Promise<CaseResult>;
}

export interface CaseResult {
  readonly workflowId: string;
  readonly link: string;
  readonly expected: string;
  readonly actual: string;
  readonly compensations: readonly string[];
  readonly effects: readonly string[];
  /** What is wrong; empty when the case ended as it should. */
  readonly problems: readonly string[];
}

const OPENED_WITHIN_MS = 30_000;
const ENDED_WITHIN_MS = 60_000;
/** A repeat is under way for as long as it takes to dispatch it; far longer than that, it has been dealt with. */
const REPEATS_SETTLE_MS = 2_000;

const completedEffects = [
  'message order-completed',
  'order completed',
  'payment captured 5980 EUR',
  'shipment booked',
  'stock shipped 1 x TEA-POT-GLASS',
  'stock shipped 2 x TEA-GREEN-250',
];

export const cases: readonly DemoCase[] = [
  {
    name: 'completed',
    run: (shop) =>
      follow(
        shop,
        newOrderId('completed'),
        {},
        { state: 'completed', compensations: [], effects: completedEffects },
      ),
  },
  {
    name: 'carrier-refuses',
    run: (shop) =>
      follow(
        shop,
        newOrderId('carrier-refuses'),
        { shippingAddress: { ...orderOf('x').shippingAddress, postalCode: '00000' } },
        {
          state: 'compensated',
          compensations: ['voidPayment', 'releaseStock'],
          effects: [
            'message order-compensated',
            'order compensated',
            'payment voided 5980 EUR',
            'stock released 1 x TEA-POT-GLASS',
            'stock released 2 x TEA-GREEN-250',
          ],
        },
      ),
  },
  {
    name: 'declined',
    run: (shop) =>
      follow(
        shop,
        newOrderId('declined'),
        { paymentToken: 'tok_declined' },
        {
          state: 'rejected',
          compensations: ['releaseStock'],
          effects: [
            'message order-rejected',
            'order rejected',
            'stock released 1 x TEA-POT-GLASS',
            'stock released 2 x TEA-GREEN-250',
          ],
        },
      ),
  },
  { name: 'repeated', run: repeated },
  { name: 'malformed', run: malformed },
];

interface Expected {
  readonly state: string;
  readonly compensations: readonly string[];
  readonly effects: readonly string[];
}

async function follow(
  shop: Shop,
  orderId: string,
  changes: Parameters<typeof orderOf>[1],
  expected: Expected,
): Promise<CaseResult> {
  await shop.publish(submissionOf(orderOf(orderId, changes)));
  return outcome(shop, orderId, expected);
}

async function outcome(shop: Shop, orderId: string, expected: Expected): Promise<CaseResult> {
  const opened = await openedOrder(shop, orderId, OPENED_WITHIN_MS);
  const actual = await endOf(shop, opened, ENDED_WITHIN_MS);
  const compensations = await compensationsOf(shop, opened);
  const effects = await effectsOf(shop, orderId);
  return {
    ...opened,
    expected: expected.state,
    actual,
    compensations,
    effects,
    problems: [
      ...difference('state', actual, expected.state),
      ...difference('compensations', compensations, expected.compensations),
      ...difference('effects', effects, expected.effects),
    ],
  };
}

/** The same event three times: twice at once, and again when the order has completed. */
async function repeated(shop: Shop): Promise<CaseResult> {
  const orderId = newOrderId('repeated');
  const { subject, body } = submissionOf(orderOf(orderId));
  // Under message ids of their own: JetStream would otherwise drop the repeats, and the bridge never see them.
  const publishAgain = (n: number) =>
    shop.nats.jetstream().publish(subject, body, { msgID: `${orderId}-${n}`, headers: headers() });
  await publishAgain(1);
  await publishAgain(2);
  const first = await outcome(shop, orderId, {
    state: 'completed',
    compensations: [],
    effects: completedEffects,
  });
  await publishAgain(3);
  await sleep(REPEATS_SETTLE_MS);

  const runs = await countRuns(shop, first.workflowId);
  const charges = await countCharges(shop, orderId);
  const again = await effectsOf(shop, orderId);
  return {
    ...first,
    problems: [
      ...first.problems,
      ...difference('sagas', runs, 1),
      ...difference('charges at the provider', charges, 1),
      ...difference('effects after the third', again, completedEffects),
    ],
  };
}

async function countRuns({ temporal }: Shop, workflowId: string): Promise<number> {
  const { count } = await temporal.workflow.count(`WorkflowId = '${workflowId}'`);
  return count;
}

async function countCharges({ local }: Shop, orderId: string): Promise<number> {
  const answer = await fetch(`${local.sandboxUrl}/sandbox/payments`);
  const { data } = (await answer.json()) as { data: { merchant_reference: string }[] };
  return data.filter((payment) => payment.merchant_reference === orderId).length;
}

/** A field out of range, and right behind it in the stream a good order of the same customer. */
async function malformed(shop: Shop): Promise<CaseResult> {
  const badId = newOrderId('malformed');
  const neighbourId = newOrderId('neighbour');
  const good = submissionOf(orderOf(badId));
  const body = new TextDecoder().decode(good.body).replace('"quantity":2', '"quantity":-2');
  await shop.publish({ ...good, body: new TextEncoder().encode(body) });
  await shop.publish(submissionOf(orderOf(neighbourId)));

  const neighbour = await outcome(shop, neighbourId, {
    state: 'completed',
    compensations: [],
    effects: completedEffects,
  });
  const letter = await deadLetterOf(shop.nats, 'invalid-data', badId);
  const found = letter ? `dead letter ${letter.reason} at ${letter.path}` : 'no dead letter';
  const wanted = 'dead letter invalid-data at data.lines[0].quantity';
  return {
    ...neighbour,
    expected: `${wanted}; neighbour completed`,
    actual: `${found}; neighbour ${neighbour.actual}`,
    problems: [...neighbour.problems, ...difference('dead letter', found, wanted)],
  };
}

function difference(what: string, actual: unknown, expected: unknown): string[] {
  const [is, should] = [actual, expected].map((value) => JSON.stringify(value));
  return is === should ? [] : [`${what}: ${is ?? ''}, expected ${should ?? ''}`];
}
