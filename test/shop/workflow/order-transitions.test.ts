// One test for each row of the order's table of transitions: the real workflow goes that way, and shows it.
import { BACK, isRefusal, UNMATCHED } from '../../../domains/shop/rules/transitions';
import { rows, shortName } from '../../../domains/shop/rules/moves';
import { statesIn } from '../../../src/testing';
import { expectConserved, expectNoParcel } from '../support/order/conserved';
import { setStage } from '../support/order/stage';
import { SETTLED_ELSEWHERE, WAYS } from '../support/order/ways';

/** In a week, as it is elsewhere, the stock is looked for 168 times. */
const RESTOCK_WITHIN_MS = 6 * 60 * 60_000;

const stage = setStage('row', { restockWithinMs: RESTOCK_WITHIN_MS });
const COMPENSATED = ['rejected', 'cancelled', 'compensated'];

const table = rows.map((row) => ({ ...row, name: `${row.from}, ${shortName(row.input)}` }));

test('every row of the table has a way, and every way a row', () => {
  expect(Object.keys(WAYS).sort()).toEqual(table.map(({ name }) => name).sort());
});

test.each(table)('$name', async ({ name, from, target }) => {
  const [drive, expected, reason] = WAYS[name] ?? [];
  if (!drive) throw new Error(`${name} has no way`);
  const order = stage.newOrder();
  await drive({ order, shop: stage.shop, env: stage.env });
  await order.result().catch(() => undefined);
  const { events } = await order.handle.fetchHistory();
  const shown = statesIn(events ?? []);
  expect(shown).toEqual(expected);
  // What is refused, and what changes no state, is asserted by its way.
  if (isRefusal(target) || target === UNMATCHED || target === from) expect(shown).toContain(from);
  else if (target === BACK) expect(shown[shown.indexOf(from) + 1]).toBe(shown[shown.indexOf(from) - 1]);
  else expect(shown.map((state, at) => [state, shown[at + 1]])).toContainEqual([from, target]);
  if (reason !== undefined) expect(stage.shop.orders.orderOf(order.orderId)?.reason).toBe(reason);
  if (SETTLED_ELSEWHERE.includes(name)) return;
  expectConserved(stage.shop, order.orderId);
  if (COMPENSATED.includes(shown.at(-1) ?? '')) expectNoParcel(stage.shop, order.orderId);
});
