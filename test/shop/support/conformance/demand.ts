import type { Demand } from '../../../../activities/shop/demand';
import { atOnce } from '../../../support/conformance/attempts';

export interface DemandUnderTest {
  readonly demand: Demand;
  viewsOf(sku: string): Promise<{ views: number; lastViewedAt: string } | undefined>;
}

const at = (second: number) => `2026-01-01T00:00:${String(second).padStart(2, '0')}Z`;
let articles = 0;

/** The contract of every implementation that counts views. */
export function demandConformance(open: () => Promise<DemandUnderTest>): void {
  let demand: Demand;
  let counted: DemandUnderTest;
  let sku: string;

  beforeAll(async () => {
    counted = await open();
    demand = counted.demand;
  });
  beforeEach(() => (sku = `VIEWED-${++articles}`));

  /** Views with these numbers; the time of each is the second of its number. */
  const views = (...numbers: number[]) =>
    numbers.map((number) => ({ source: '/web', id: `${sku}-${number}`, viewedAt: at(number) }));
  const add = (numbers: number[], flush = '0') =>
    demand.addViews({ key: `demand-${sku}:run:${flush}`, sku, views: views(...numbers) });
  const expectViews = async (count: number, last: number) =>
    expect(await counted.viewsOf(sku)).toEqual({ views: count, lastViewedAt: at(last) });

  test('adds up what comes in several batches', async () => {
    await add([1, 2, 3]);
    await add([4, 5], '1');
    await expectViews(5, 5);
  });

  test('counts a batch once, however often it comes, also at the same time', async () => {
    await add([1, 2, 3]);
    await add([1, 2, 3]);
    await atOnce(6, () => add([4, 5, 6], '1'));
    await expectViews(6, 6);
  });

  test('counts an event once, whatever batch it is in: of another flush, in another order, with others', async () => {
    await add([1, 2, 3]);
    await add([5, 3, 4, 1], '1');
    await add([2], 'another run');
    await expectViews(5, 5);
  });

  test('counts an event once that a batch has twice', async () => {
    await add([1, 2, 1, 3, 2]);
    await expectViews(3, 3);
  });

  test('counts each once where batches that overlap come at the same time, in any order', async () => {
    const all = Array.from({ length: 20 }, (_, number) => number + 1);
    const batches = all.map((shift) => [...all.slice(shift), ...all.slice(0, shift)].slice(0, 12));
    await Promise.all(batches.map((numbers, flush) => add(numbers, String(flush))));
    await expectViews(20, 20);
  });

  test('tells events apart by source and id', async () => {
    const [view] = views(1);
    if (!view) throw new Error('no view');
    const others = [view, { ...view, source: '/app' }, { ...view, id: 'another' }];
    await demand.addViews({ key: 'k', sku, views: others });
    await expectViews(3, 1);
  });

  test('keeps the latest time, whichever batch has it', async () => {
    await add([9, 3]);
    await add([5], '1');
    await expectViews(3, 9);
  });

  test('keeps articles apart', async () => {
    const first = sku;
    await add([1, 2]);
    sku = `VIEWED-${++articles}`;
    await add([1]);
    await expectViews(1, 1);
    expect((await counted.viewsOf(first))?.views).toBe(2);
  });
}
