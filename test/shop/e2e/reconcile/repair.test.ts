// Orders whose workflow is gone, repaired by command: compensated once, or left to a person.
import { setTimeout as sleep } from 'node:timers/promises';
import { defaultPayloadConverter } from '@temporalio/common';
import { findSaga } from '../../../../src/adapters/temporal';
import { COMPENSATION_STUCK, DECIDE, RefusalError } from '../../../../src/contracts';
import { layTombstones, stepsOfProcess } from '../../../../src/effects';
import { REFUSALS } from '../../../../domains/shop/names';
import type { OrderDriver } from '../../support/order/driver';
import { COMPENSATED, kindsOf, LEFT, UNTIL_STUCK, setReconciledShop } from '../../support/reconciled-shop';
import { serverSettings, testCli } from '../../../support/cli';
import { until } from '../../../support/until';

jest.setTimeout(90_000);

const stage = setReconciledShop();
const {
  reconcile,
  newOrder,
  terminated,
  abandoned,
  booksOf,
  atProvider,
  atCarrier,
  notificationsOf,
  reset,
  runRepair,
} = stage;

/** The other of the two first steps. */
const reserved = (order: OrderDriver) =>
  until('the stock is reserved', async () => (await booksOf(order)).includes('stock reserved'));

/** What the Temporal UI says of the steps of a workflow. */
async function summariesOf(workflowId: string): Promise<string[]> {
  const { events } = await stage.shop.client.workflow.getHandle(workflowId).fetchHistory();
  return (events ?? []).flatMap(({ userMetadata }) => {
    const summary = userMetadata?.summary;
    return summary ? [defaultPayloadConverter.fromPayload<string>(summary)] : [];
  });
}

test('terminated in the UI: found, repaired, and never heard of again', async () => {
  const order = await abandoned();
  const found = await reconcile();
  expect([found.code, found.json()]).toMatchObject([
    7,
    { checked: 1, findings: [{ key: order.orderId, kind: 'saga-gone', repair: 'compensate' }], omitted: 0 },
  ]);
  expect(found.json()).not.toHaveProperty('repairs');
  expect(await booksOf(order)).toEqual(LEFT);

  const repaired = await reconcile('--repair', '--order', order.orderId);
  expect([repaired.code, repaired.json()]).toMatchObject([
    0,
    { repairs: [{ key: order.orderId, state: 'repaired', workflowId: `repair-${order.orderId}` }] },
  ]);
  const target = ['--target', `repair-${order.orderId}`];
  const audit = await testCli(serverSettings('nats://not.needed'))('audit', 'list', ...target, '-o', 'json');
  expect(audit.json()).toMatchObject({
    records: [
      { kind: 'outcome', action: 'reconcile.repair', details: { outcome: 'done' } },
      { kind: 'change', actor: 'tester', details: { key: order.orderId } },
    ],
  });
  expect(await booksOf(order)).toEqual(COMPENSATED);
  expect(atProvider(order)).toMatchObject([{ state: 'voided' }]);
  expect(atCarrier(order)).toMatchObject([{ state: 'canceled' }]);
  expect(await notificationsOf(order, 'compensated')).toBe(1);
  expect(await summariesOf(`repair-${order.orderId}`)).toEqual(
    expect.arrayContaining([
      'Cancel the booking of the carrier for 2 × TEA-GREEN-250',
      'Void the authorization of 49.80 EUR',
      'Release the stock',
    ]),
  );

  expect(await reconcile()).toMatchObject({ code: 0 });
  const again = await runRepair(order);
  expect(again).toEqual({ state: 'repaired' });
  expect([await booksOf(order), await notificationsOf(order, 'compensated')]).toEqual([COMPENSATED, 1]);
});

test('terminated while a step was under way: what the step does afterwards is compensated, or never done', async () => {
  const late = newOrder();
  const authorizing = stage.shop.atProvider.hold('authorize', 'after');
  await late.submit();
  await authorizing.reached;
  await reserved(late);
  await terminated(late);
  authorizing.release();
  await until('the late attempt is on record', async () =>
    (await booksOf(late)).includes('payment authorized'),
  );

  const lost = newOrder();
  stage.shop.atProvider.loseAnswer('authorize');
  const asking = stage.shop.atProvider.hold('findByKey');
  await lost.submit();
  await asking.reached;
  await reserved(lost);
  await terminated(lost);
  const repairing = reconcile('--repair');
  // The compensation asks as well, and finds out; the late attempt finds the tombstone.
  await sleep(500);
  asking.release();
  expect((await repairing).json()).toMatchObject({ repairs: [{ state: 'repaired' }, { state: 'repaired' }] });
  for (const order of [late, lost]) {
    expect(await booksOf(order)).toEqual(['order rejected reconciled', 'payment voided', 'stock released']);
    expect(atProvider(order)).toMatchObject([{ state: 'voided' }]);
    // The carrier was never asked; a worker that stood still before it asks must not do so now.
    const steps = await stepsOfProcess(stage.shop.database, order.orderId);
    expect(steps).toContainEqual({ key: `${order.orderId}:createShipment:0`, state: 'compensated' });
  }
});

test('the steps of an order are its own, whatever characters its id has', async () => {
  const [one, other] = ['o_1%', 'ox1y'];
  await layTombstones(stage.shop.database, [
    `${one}:reserveStock:0`,
    `${other}:reserveStock:0`,
    'o_1:reserveStock:0',
  ]);
  expect(await stepsOfProcess(stage.shop.database, one)).toEqual([
    { key: 'o_1%:reserveStock:0', state: 'compensated' },
  ]);
  expect((await stepsOfProcess(stage.shop.database, 'o_1')).map(({ key }) => key)).toEqual([
    'o_1:reserveStock:0',
  ]);
});

describe('what no command can compensate is left to a person:', () => {
  test('the payment is taken; a reset goes on with the saga where it was', async () => {
    const order = newOrder();
    await order.submit();
    await order.untilState('awaiting-dispatch');
    await order.dispatched();
    await until('the goods are out', async () => (await booksOf(order)).includes('stock shipped'));
    await terminated(order);
    const said = await reconcile('--repair');
    expect([said.code, said.json()]).toMatchObject([
      7,
      { findings: [{ kind: 'saga-gone', repair: 'by-hand' }], repairs: [{ state: 'by-hand' }] },
    ]);
    expect(atProvider(order)).toMatchObject([{ state: 'captured', refunded: 0 }]);

    await reset(order);
    await order.delivered();
    expect((await order.result()).state).toBe('completed');
    expect(atProvider(order)).toMatchObject([{ state: 'captured' }]);
    expect((await reconcile()).json()).toMatchObject({ checked: 1, findings: [] });
  });

  test('the parcel is on its way, and the carrier alone knows', async () => {
    const order = await abandoned();
    for (const shipment of atCarrier(order)) shipment.state = 'dispatched';
    const said = await reconcile('--repair');
    expect([said.code, said.json()]).toMatchObject([
      7,
      { repairs: [{ state: 'refused', why: expect.stringContaining('dispatched') }] },
    ]);
    expect(await booksOf(order)).toEqual(LEFT);
  });
});

test('a repair of an order whose workflow is open is refused, by the command and by the repair itself', async () => {
  const order = newOrder();
  await order.submit();
  await order.untilState('awaiting-dispatch');
  const said = await reconcile('--repair', '--order', order.orderId);
  expect([said.code, said.problem()['code']]).toEqual([1, 'running']);
  expect(await runRepair(order)).toMatchObject({
    state: 'refused',
    why: expect.stringContaining('open workflow'),
  });
  expect(await booksOf(order)).toEqual(LEFT);
  await order.dispatched();
  await order.delivered();
  expect((await order.result()).state).toBe('completed');
});

test('a workflow that was reset after the repair is a finding, meets its tombstones at the next step, and ends', async () => {
  const order = await abandoned();
  await reconcile('--repair', '--order', order.orderId);
  const closed = await booksOf(order);
  await reset(order);
  expect(kindsOf((await reconcile()).json()['findings'])).toEqual(['saga-again, by-hand']);

  // The carrier has fetched it all the same: the order would go forward.
  const [shipment] = atCarrier(order);
  if (!shipment) throw new Error('the order has had a shipment');
  shipment.state = 'dispatched';
  await order.dispatched('dispatched', shipment.shipmentId);
  expect((await order.result()).state).toBe('compensated');
  expect(await booksOf(order)).toEqual(closed);
  expect(closed).toEqual(COMPENSATED);
  expect(await notificationsOf(order, 'compensated')).toBe(1);
  expect((await reconcile()).code).toBe(0);
});

test('what a skipped compensate has left is found and compensated', async () => {
  const order = newOrder();
  stage.shop.atCarrier.fail('book', new RefusalError(REFUSALS.addressNotServed, 'not there'));
  stage.shop.atProvider.fail('cancel', new Error('the provider is closed'), UNTIL_STUCK);
  await order.submit();
  await order.untilState(COMPENSATION_STUCK);
  await order.handle.signal(DECIDE, { kind: 'skip', reason: 'it can wait' });
  expect((await order.result()).state).toBe('compensated');

  const said = await reconcile('--repair');
  expect(kindsOf(said.json()['findings'])).toEqual(['money, compensate']);
  expect(said.json()).toMatchObject({ repairs: [{ state: 'repaired' }] });
  expect((await booksOf(order))[1]).toBe('payment voided');
  expect(await notificationsOf(order, 'compensated')).toBe(1);
  expect((await reconcile()).code).toBe(0);
});

test('a repair that cannot compensate stands as stuck, and a person decides', async () => {
  const order = await abandoned();
  stage.shop.atCarrier.fail('cancel', new Error('the carrier is closed'), UNTIL_STUCK);
  const repairing = reconcile('--repair');
  const handle = stage.shop.client.workflow.getHandle(`repair-${order.orderId}`);
  await until('the repair is stuck', async () => {
    const found = await findSaga(stage.shop.client, handle.workflowId);
    return found?.saga.state === COMPENSATION_STUCK;
  });
  await handle.signal(DECIDE, { kind: 'retry' });
  expect((await repairing).json()).toMatchObject({ repairs: [{ state: 'repaired' }] });
  expect(await booksOf(order)).toEqual(COMPENSATED);
});

test('a repair whose command was given up goes on; asked for again, by two at once, it is the same one', async () => {
  const order = await abandoned();
  // It asks the carrier first, and takes its time for that.
  const asking = stage.shop.atCarrier.hold('track');
  const repair = ['--repair', '--order', order.orderId] as const;
  const impatient = await reconcile(...repair, '--timeout', '3s');
  await asking.reached;
  expect([impatient.code, impatient.json()]).toMatchObject([7, { repairs: [{ state: 'still-open' }] }]);
  const both = [reconcile(...repair), reconcile(...repair)];
  // Long enough for both to have found the order, which is not compensated yet.
  await sleep(1_000);
  asking.release();
  for (const said of await Promise.all(both))
    expect(said.json()).toMatchObject({ repairs: [{ state: 'repaired' }] });
  expect(await booksOf(order)).toEqual(COMPENSATED);
  expect(await notificationsOf(order, 'compensated')).toBe(1);
});

test('an order that is alive again while it is repaired: whoever of the two comes second changes nothing', async () => {
  const order = await abandoned();
  const cancelling = stage.shop.atCarrier.hold('cancel');
  const repairing = reconcile('--repair', '--order', order.orderId);
  await cancelling.reached;
  await reset(order);
  cancelling.release();
  expect((await repairing).json()).toMatchObject({ repairs: [{ state: 'repaired' }] });
  await order.cancel();
  expect((await order.result()).state).toBe('compensated');
  expect(await booksOf(order)).toEqual(COMPENSATED);
  expect([await notificationsOf(order, 'compensated'), await notificationsOf(order, 'cancelled')]).toEqual([
    1, 0,
  ]);
  expect(atProvider(order)).toMatchObject([{ state: 'voided' }]);
  expect((await reconcile()).code).toBe(0);
});
