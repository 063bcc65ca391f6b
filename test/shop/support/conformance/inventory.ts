import type { Inventory } from '../../../../activities/shop/inventory';
import { RefusalError, StepCompensatedError } from '../../../../src/contracts';
import { REFUSALS } from '../../../../domains/shop/names';
import { MAIN_WAREHOUSE } from '../../../../domains/shop/rules/allocation';
import { atOnce, newOrderId, race, RACES } from '../../../support/conformance/attempts';

export interface InventoryUnderTest {
  readonly inventory: Inventory;
  receive(sku: string, quantity: number, warehouse?: string): Promise<void>;
  /** In all warehouses together, or in one. */
  stockOf(
    sku: string,
    warehouse?: string,
  ): Promise<{ received: number; onHand: number; reserved: number; shipped: number }>;
}

const REFUSED = expect.objectContaining({ type: REFUSALS.outOfStock });
const IN_PART = expect.objectContaining({ type: REFUSALS.partialStock });

/** The contract of every inventory. */
export function inventoryConformance(open: () => Promise<InventoryUnderTest>): void {
  let inventory: Inventory;
  let warehouse: InventoryUnderTest;
  let skus = 0;

  beforeAll(async () => {
    warehouse = await open();
    inventory = warehouse.inventory;
  });

  async function stocked(quantity: number): Promise<string> {
    skus += 1;
    const sku = `ARTICLE-${skus}`;
    await warehouse.receive(sku, quantity);
    return sku;
  }

  function reservation(...lines: { sku: string; quantity: number }[]) {
    const orderId = newOrderId();
    const first = { key: `${orderId}:reserveStock:0`, orderId, lines, preferred: [] };
    const second = { ...first, key: `${orderId}:reserveStock:1` };
    const main = { orderId, warehouse: MAIN_WAREHOUSE };
    return {
      reserve: () => inventory.reserveStock(first),
      release: () => inventory.releaseStock({ undoes: first }),
      reserveAgain: () => inventory.reserveStock(second),
      reduce: (number: number, ...fewer: { sku: string; quantity: number }[]) =>
        inventory.reduceStock({ key: `${orderId}:reduceStock:${number}`, ...main, lines: fewer }),
      reserveMore: (...more: { sku: string; quantity: number }[]) =>
        inventory.reserveStock({ ...second, lines: more }),
      releaseMore: () => inventory.releaseStock({ undoes: second }),
      ship: () => inventory.shipStock({ key: `${orderId}:shipStock:0`, ...main }),
    };
  }

  async function expectStock(sku: string, onHand: number, reserved: number, shipped = 0): Promise<void> {
    const received = onHand + reserved + shipped;
    expect(await warehouse.stockOf(sku)).toEqual({ received, onHand, reserved, shipped });
  }

  test('reserves every line once, however often it is asked', async () => {
    const [tea, mug] = [await stocked(10), await stocked(10)];
    const { reserve } = reservation({ sku: tea, quantity: 2 }, { sku: mug, quantity: 3 });
    await reserve();
    await reserve();
    await atOnce(5, reserve);
    await expectStock(tea, 8, 2);
    await expectStock(mug, 7, 3);
  });

  test('reserves once for attempts at the same time', async () => {
    const tea = await stocked(10);
    await atOnce(8, reservation({ sku: tea, quantity: 2 }).reserve);
    await expectStock(tea, 8, 2);
  });

  test('refuses what is not there, with nothing of the order left behind', async () => {
    const [tea, mug] = [await stocked(10), await stocked(1)];
    const { reserve } = reservation({ sku: tea, quantity: 2 }, { sku: mug, quantity: 2 });
    await expect(reserve()).rejects.toBeInstanceOf(RefusalError);
    await expect(reserve()).rejects.toEqual(IN_PART);
    await expectStock(tea, 10, 0);
    await expectStock(mug, 1, 0);
  });

  test('refuses an article that it does not know', async () => {
    await expect(reservation({ sku: 'NOT-AN-ARTICLE', quantity: 1 }).reserve()).rejects.toEqual(REFUSED);
  });

  test('repeats a refusal, also once there is stock again', async () => {
    const tea = await stocked(1);
    const { reserve } = reservation({ sku: tea, quantity: 2 });
    await expect(reserve()).rejects.toEqual(IN_PART);
    await warehouse.receive(tea, 5);
    await expect(reserve()).rejects.toEqual(IN_PART);
    await expectStock(tea, 6, 0);
  });

  test('has nothing to release after a refusal', async () => {
    const tea = await stocked(1);
    const { reserve, release } = reservation({ sku: tea, quantity: 2 });
    await expect(reserve()).rejects.toEqual(IN_PART);
    await release();
    await expectStock(tea, 1, 0);
  });

  test('releases a reservation once', async () => {
    const tea = await stocked(10);
    await reservation({ sku: tea, quantity: 3 }).reserve();
    const { reserve, release } = reservation({ sku: tea, quantity: 2 });
    await reserve();
    await atOnce(3, release);
    await release();
    await expectStock(tea, 7, 3);
  });

  test('does not reserve under a key that was released', async () => {
    const tea = await stocked(10);
    const { reserve, release } = reservation({ sku: tea, quantity: 2 });
    await reserve();
    await release();
    await expect(reserve()).rejects.toBeInstanceOf(StepCompensatedError);
    await expectStock(tea, 10, 0);
  });

  test('reserves again under the next revision, and a late release of the first leaves that alone', async () => {
    const tea = await stocked(10);
    const { reserve, release, reserveAgain } = reservation({ sku: tea, quantity: 2 });
    await reserve();
    await release();
    await reserveAgain();
    await release();
    await expectStock(tea, 8, 2);
  });

  test('does not reserve any more when the release came first', async () => {
    const tea = await stocked(10);
    const { reserve, release } = reservation({ sku: tea, quantity: 2 });
    await release();
    await expect(reserve()).rejects.toBeInstanceOf(StepCompensatedError);
    await expect(reserve()).rejects.toBeInstanceOf(StepCompensatedError);
    await expectStock(tea, 10, 0);
  });

  test('ships what is reserved, once', async () => {
    const tea = await stocked(10);
    const { reserve, ship } = reservation({ sku: tea, quantity: 2 });
    await reserve();
    await atOnce(3, ship);
    await expectStock(tea, 8, 0, 2);
  });

  test('a further step for the order reserves in addition, and is released by itself', async () => {
    const tea = await stocked(10);
    const { reserve, reserveMore, releaseMore, release } = reservation({ sku: tea, quantity: 2 });
    await reserve();
    await reserveMore({ sku: tea, quantity: 3 });
    await expectStock(tea, 5, 5);
    await releaseMore();
    await expectStock(tea, 8, 2);
    await release();
    await expectStock(tea, 10, 0);
  });

  test('ships what all steps have reserved', async () => {
    const tea = await stocked(10);
    const { reserve, reserveMore, ship } = reservation({ sku: tea, quantity: 2 });
    await reserve();
    await reserveMore({ sku: tea, quantity: 3 });
    await ship();
    await expectStock(tea, 5, 0, 5);
  });

  test('gives a part back once, of what was reserved last first; the rest is released with its step', async () => {
    const [tea, mug] = [await stocked(10), await stocked(10)];
    const { reserve, reserveMore, releaseMore, reduce, release } = reservation(
      { sku: tea, quantity: 4 },
      { sku: mug, quantity: 1 },
    );
    await reserve();
    await reserveMore({ sku: tea, quantity: 2 });
    const fewer = [
      { sku: tea, quantity: 3 },
      { sku: mug, quantity: 1 },
    ];
    await atOnce(3, () => reduce(2, ...fewer));
    await expectStock(tea, 7, 3);
    await expectStock(mug, 10, 0);
    await releaseMore();
    await expectStock(tea, 7, 3);
    await release();
    await expectStock(tea, 10, 0);
  });

  test('fails to give back more than is reserved, and changes nothing', async () => {
    const tea = await stocked(10);
    const { reserve, reduce } = reservation({ sku: tea, quantity: 2 });
    await reserve();
    await expect(reduce(1, { sku: tea, quantity: 3 })).rejects.toBeInstanceOf(Error);
    await expectStock(tea, 8, 2);
  });

  test('does not release what has been shipped', async () => {
    const tea = await stocked(10);
    const { reserve, ship, release } = reservation({ sku: tea, quantity: 2 });
    await reserve();
    await ship();
    await release();
    await expectStock(tea, 8, 0, 2);
  });

  test('leaves nothing reserved where reservation and release race each other', async () => {
    const [tea, mug] = [await stocked(10), await stocked(10)];
    for (let round = 0; round < RACES; round++) {
      const { reserve, release } = reservation({ sku: mug, quantity: 3 }, { sku: tea, quantity: 2 });
      await race(round, reserve, release);
    }
    await expectStock(tea, 10, 0);
    await expectStock(mug, 10, 0);
  });

  test('sells no piece twice to orders at the same time, whatever the order of their lines', async () => {
    const [tea, mug] = [await stocked(12), await stocked(12)];
    const lines = [
      { sku: tea, quantity: 1 },
      { sku: mug, quantity: 1 },
    ];
    const attempts = Array.from({ length: 20 }, (_, index) =>
      reservation(...(index % 2 === 0 ? lines : [...lines].reverse())).reserve(),
    );
    const refused = (await Promise.allSettled(attempts)).filter(({ status }) => status === 'rejected');
    expect(refused).toEqual(Array.from({ length: 8 }, () => ({ status: 'rejected', reason: REFUSED })));
    await expectStock(tea, 0, 12);
    await expectStock(mug, 0, 12);
  });

  test('says what is there, of all warehouses together and no more than is wanted', async () => {
    const [tea, mug, pot] = [await stocked(3), await stocked(10), await stocked(0)];
    await warehouse.receive(tea, 2, 'north');
    const lines = [tea, mug, pot].map((sku) => ({ sku, quantity: 6 }));
    expect(await inventory.availableStock({ orderId: newOrderId(), lines })).toEqual([
      { sku: tea, quantity: 5 },
      { sku: mug, quantity: 6 },
    ]);
  });

  test('refuses an order of which nothing is there as out of stock', async () => {
    const [tea, mug] = [await stocked(0), await stocked(0)];
    const { reserve } = reservation({ sku: tea, quantity: 1 }, { sku: mug, quantity: 1 });
    await expect(reserve()).rejects.toEqual(REFUSED);
  });

  describe('with several warehouses', () => {
    async function inTwo(north: number, south: number): Promise<string> {
      const sku = await stocked(0);
      await warehouse.receive(sku, north, 'north');
      await warehouse.receive(sku, south, 'south');
      return sku;
    }

    test('takes an order from one that has all of it', async () => {
      const [tea, mug] = [await inTwo(2, 5), await inTwo(5, 5)];
      const { reserve } = reservation({ sku: tea, quantity: 3 }, { sku: mug, quantity: 1 });
      const lines = [
        { sku: tea, quantity: 3 },
        { sku: mug, quantity: 1 },
      ];
      expect(await reserve()).toEqual([{ warehouse: 'south', lines }]);
      expect(await reserve()).toEqual([{ warehouse: 'south', lines }]);
      expect(await warehouse.stockOf(tea, 'north')).toMatchObject({ onHand: 2, reserved: 0 });
      expect(await warehouse.stockOf(tea, 'south')).toMatchObject({ onHand: 2, reserved: 3 });
    });

    test('splits what none has, and ships each part by itself', async () => {
      const tea = await inTwo(2, 5);
      const orderId = newOrderId();
      const lines = [{ sku: tea, quantity: 6 }];
      const step = { key: `${orderId}:reserveStock:0`, orderId, lines, preferred: [] };
      const allocation = await inventory.reserveStock(step);
      expect(allocation).toEqual([
        { warehouse: 'north', lines: [{ sku: tea, quantity: 2 }] },
        { warehouse: 'south', lines: [{ sku: tea, quantity: 4 }] },
      ]);
      await inventory.shipStock({ key: `${orderId}:shipStock:1`, orderId, warehouse: 'south' });
      expect(await warehouse.stockOf(tea, 'north')).toMatchObject({ reserved: 2, shipped: 0 });
      expect(await warehouse.stockOf(tea, 'south')).toMatchObject({ reserved: 0, shipped: 4 });
      await inventory.releaseStock({ undoes: step });
      await expectStock(tea, 3, 0, 4);
    });

    test('gives a part back where it came from', async () => {
      const tea = await inTwo(2, 5);
      const orderId = newOrderId();
      const lines = [{ sku: tea, quantity: 6 }];
      await inventory.reserveStock({ key: `${orderId}:reserveStock:0`, orderId, lines, preferred: [] });
      const back = { orderId, warehouse: 'north', lines: [{ sku: tea, quantity: 1 }] };
      await inventory.reduceStock({ key: `${orderId}:reduceStock:0`, ...back });
      expect(await warehouse.stockOf(tea, 'north')).toMatchObject({ onHand: 1, reserved: 1 });
      expect(await warehouse.stockOf(tea, 'south')).toMatchObject({ onHand: 1, reserved: 4 });
    });

    test('takes further pieces from where the order has a parcel already', async () => {
      const tea = await inTwo(5, 5);
      const orderId = newOrderId();
      const lines = [{ sku: tea, quantity: 1 }];
      const more = { orderId, lines, preferred: ['south'] };
      expect(await inventory.reserveStock({ key: `${orderId}:reserveStock:1`, ...more })).toEqual([
        { warehouse: 'south', lines },
      ]);
    });
  });
}
