import type { Client, WorkflowHandle } from '@temporalio/client';
import type { ReconciliationParts } from '../../../activities/shop/reconciliation';
import { DECIDE, SAGA_STATE, workflowIdOf } from '../../../src/contracts';
import { orderSubmitted } from '../../../domains/shop/events';
import type { OrderBooks } from '../../../domains/shop/rules/reconciliation';
import { reconciliation } from '../../../domains/shop/workflows';
import type { FakeShop } from '../support/fakes';
import { driveOrder } from '../support/order/driver';
import { until } from '../../support/until';

/** What a scenario of `reconciliation` or `repair` needs: one order that its workflow has left, the fakes to steer. */
interface RepairStage {
  readonly client: Client;
  readonly shop: FakeShop;
  readonly orderId: string;
}

const { check, repair } = reconciliation;
const COMPENSATION_WITHIN_MS = 2_000;
/** More than a compensation makes in that time. */
const UNTIL_STUCK = 6;
/** As many as a page of a check has: another one follows. */
const PAGE = 200;

const booksOf = (orderId: string): OrderBooks => ({
  orderId,
  state: 'confirmed',
  amount: 4_980,
  currency: 'EUR',
  changedAt: 0,
  payments: [],
  reservations: [],
  shipments: [],
});

/** The books of one order that is abandoned, or of as many as `orders` says. */
export function abandonedBooks({ shop, orderId }: RepairStage, orders = 1): ReconciliationParts {
  const ids = Array.from({ length: orders }, (_, n) => (n === 0 ? orderId : `${orderId}-${n}`)).sort();
  const { shippingAddress: recipient, paymentToken, lines } = orderSubmitted.example;
  const key = (step: string) => `${orderId}:${step}:0`;
  const total = { amount: 4_980, currency: 'EUR' };
  const parcels = lines.map(({ sku, quantity }) => ({ sku, quantity }));
  return {
    books: {
      page: ({ after, limit }) =>
        Promise.resolve(
          ids
            .filter((id) => id > after)
            .slice(0, limit)
            .map(booksOf),
        ),
      ofOrders: (wanted) => Promise.resolve(ids.filter((id) => wanted.includes(id)).map(booksOf)),
      bookedShipments: () =>
        Promise.resolve(shop.shipping.shipmentsOf(orderId).map(({ shipmentId }) => shipmentId)),
      steps: () =>
        Promise.resolve([
          { key: key('reserveStock'), state: 'done' },
          {
            key: key('authorizePayment'),
            state: 'done',
            request: { key: key('authorizePayment'), orderId, total, paymentToken },
          },
          {
            key: key('createShipment'),
            state: 'done',
            request: { key: key('createShipment'), orderId, recipient, parcels },
          },
        ]),
      layTombstones: () => Promise.resolve(),
    },
    sagas: (some) =>
      Promise.resolve(some.map(() => ({ kind: 'closed', how: 'terminated', state: 'placing', closedAt: 0 }))),
    report: () => undefined,
    clock: () => new Date(),
    graceMs: 1,
    lookbackMs: 1,
    compensationWithinMs: COMPENSATION_WITHIN_MS,
  };
}

async function looked({ client, orderId }: RepairStage, input: object = {}): Promise<WorkflowHandle> {
  const workflowId = `${check.name}-${orderId}`;
  return client.workflow.start(check.name, { workflowId, taskQueue: check.taskQueue, args: [input] });
}

async function repairing({ client, orderId }: RepairStage): Promise<WorkflowHandle> {
  const order = driveOrder(client, orderId);
  await order.submit();
  await order.untilState('awaiting-dispatch');
  await order.handle.terminate();
  const options = { workflowId: workflowIdOf(repair, orderId), taskQueue: repair.taskQueue };
  return client.workflow.start(repair.name, { ...options, args: [{ key: orderId }] });
}

/** The scenarios that a look at the orders, and a repair, can take: how many orders there are, and how it is driven. */
export const repairScenarios: Readonly<
  Record<string, { readonly orders?: number; readonly play: (stage: RepairStage) => Promise<WorkflowHandle> }>
> = {
  'reconciliation-all-add-up': { orders: 0, play: (stage) => looked(stage) },
  'reconciliation-of-one': { play: (stage) => looked(stage, { key: stage.orderId }) },
  'reconciliation-in-two-pages': { orders: PAGE + 1, play: (stage) => looked(stage) },
  'repair-repaired': { play: repairing },
  'repair-refused-the-parcel-has-left': {
    play: (stage) => {
      stage.shop.shipping.answerTracking('delivered');
      return repairing(stage);
    },
  },
  'repair-repaired-after-it-was-stuck': {
    play: async (stage) => {
      stage.shop.fail('voidPayment', new Error('the provider is closed'), UNTIL_STUCK);
      const handle = await repairing(stage);
      await until('the repair is stuck', async () => {
        const { typedSearchAttributes } = await handle.describe();
        return typedSearchAttributes.get(SAGA_STATE) === 'compensation-stuck';
      });
      await handle.signal(DECIDE, { kind: 'done-by-hand', reason: 'voided on the phone' });
      return handle;
    },
  },
};
