import { newOrderId } from '../../../demo/orders';
import { runWorkflow } from '../../../src/adapters/temporal';
import type { Finding, ReconciliationReport, RepairResult } from '../../../src/contracts';
import { shop as shopDomain } from '../../../domains/shop';
import { reconciliation } from '../../../domains/shop/workflows';
import type { TestCli } from '../../support/cli';
import { serverSettings, testCli } from '../../support/cli';
import type { OrderDriver } from './order/driver';
import { driveOrder } from './order/driver';
import type { ShopOnPostgres } from './shop-on-postgres';
import { startShopOnPostgres } from './shop-on-postgres';

export const HOUR_MS = 60 * 60_000;
const SKU = 'TEA-GREEN-250';
const COMPENSATION_WITHIN_MS = 2_900;
/** Attempts that a compensation makes in that time, at 0.2, 0.4 and 0.8 s from each other. */
export const UNTIL_STUCK = 4;

/** The books of an order that is confirmed and booked, and of one that a repair has compensated. */
export const LEFT = ['order confirmed', 'payment authorized', 'shipment booked', 'stock reserved'];
export const COMPENSATED = [
  'order compensated reconciled',
  'payment voided',
  'shipment canceled',
  'stock released',
];

export const kindsOf = (findings: unknown) =>
  (findings as Finding[]).map(({ kind, repair }) => `${kind}, ${repair}`);

/** The fixture of a test file of the reconciliation: a shop on real servers. Each test finds it without orders. */
export function setReconciledShop() {
  let shop: ShopOnPostgres;
  let cli: TestCli;
  const reported: ReconciliationReport[] = [];
  /** How far the reconciliation's clock is ahead: with an hour, what has just happened is old. */
  let aheadMs = HOUR_MS;

  beforeAll(async () => {
    shop = await startShopOnPostgres({
      clock: () => new Date(Date.now() + aheadMs),
      report: (report) => void reported.push(report),
      graceMs: HOUR_MS / 2,
      lookbackMs: 24 * HOUR_MS,
      compensationWithinMs: COMPENSATION_WITHIN_MS,
    });
    const settings = { ...serverSettings('nats://not.needed'), TEMPORAL_NAMESPACE: shop.namespace };
    cli = testCli(settings, [shopDomain]);
    await shop.database.query(
      'insert into inventory.stock (sku, received, on_hand) values ($1, 1000, 1000)',
      [SKU],
    );
  });
  afterAll(() => shop.stop());
  beforeEach(() => (aheadMs = HOUR_MS));
  afterEach(async () => {
    // Each test finds a shop without findings: they are counted.
    await shop.database.query('truncate orders.orders, payments.payments, logistics.shipments');
    shop.provider.forget();
  });

  const newOrder = () =>
    driveOrder(shop.client, newOrderId('reconciled'), { payments: shop.provider, shipping: shop.carrier });
  const reconcile = (...args: string[]) => cli('reconcile', ...args, '-o', 'json');

  async function terminated(order: OrderDriver): Promise<OrderDriver> {
    await order.handle.terminate('somebody has pressed the button');
    return order;
  }

  /** An order that is confirmed and booked, with nobody who knows of it. */
  async function abandoned(): Promise<OrderDriver> {
    const order = newOrder();
    await order.submit();
    await order.untilState('awaiting-dispatch');
    return terminated(order);
  }

  async function booksOf({ orderId }: OrderDriver) {
    const rows = await shop.database.query<{ fact: string }>(
      `select 'order ' || state || coalesce(' ' || reason, '') as fact from orders.orders where order_id = $1
       union all select 'stock ' || state from inventory.reservations where order_id = $1
       union all select 'payment ' || state from payments.payments where order_id = $1
       union all select 'shipment ' || state from logistics.shipments where order_id = $1 order by 1`,
      [orderId],
    );
    return rows.map(({ fact }) => fact);
  }
  const atProvider = ({ orderId }: OrderDriver) =>
    shop.provider.payments().filter((payment) => payment.orderId === orderId);
  const atCarrier = ({ orderId }: OrderDriver) =>
    shop.carrier.shipments().filter((shipment) => shipment.orderId === orderId);
  const notificationsOf = async ({ orderId }: OrderDriver, fact: string) =>
    (
      await shop.database.query('select from sagaline.outbox where subject = $1', [
        `evt.orders.${fact}.v1.${orderId}`,
      ])
    ).length;

  async function reset({ handle }: OrderDriver): Promise<void> {
    const { events } = await handle.fetchHistory();
    const last = (events ?? []).filter((event) => event.workflowTaskCompletedEventAttributes).at(-1);
    await shop.client.workflowService.resetWorkflowExecution({
      namespace: shop.namespace,
      workflowExecution: { workflowId: handle.workflowId },
      reason: 'it was terminated by mistake',
      requestId: handle.workflowId,
      ...(last?.eventId && { workflowTaskFinishEventId: last.eventId }),
    });
  }

  const runRepair = async ({ orderId }: OrderDriver): Promise<RepairResult> => {
    const answer = await runWorkflow(shop.client, {
      ...reconciliation.repair,
      workflowId: `repair-${orderId}`,
      input: { key: orderId },
      timeoutMs: 20_000,
    });
    if (answer.kind !== 'completed') throw new Error(`the repair is ${answer.kind}`);
    return answer.result as RepairResult;
  };

  return {
    get shop() {
      return shop;
    },
    reported,
    cli: (...args: Parameters<TestCli>) => cli(...args),
    reconcile,
    /** Sets the reconciliation's clock to the present: what has just happened is new. */
    setClockToNow: () => void (aheadMs = 0),
    newOrder,
    terminated,
    abandoned,
    booksOf,
    atProvider,
    atCarrier,
    notificationsOf,
    reset,
    runRepair,
  };
}
