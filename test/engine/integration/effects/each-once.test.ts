// Each event of a batch is applied once, and what is remembered for that does not grow for good.
import { applyEachOnce } from '../../../../src/effects';
import type { TestDatabase } from '../../../support/database';
import { createTestDatabase } from '../../../support/database';

let db: TestDatabase;

beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.end());

const events = (...ids: string[]) => ids.map((id) => ({ source: '/test', id }));

async function applied(effect: string, ...ids: string[]): Promise<string[]> {
  let fresh: string[] = [];
  await applyEachOnce(db.database, effect, events(...ids), (_, given) => {
    fresh = given.map(({ id }) => id);
    return Promise.resolve();
  });
  return fresh;
}

async function remembered(): Promise<number> {
  const [row] = await db.database.query('select count(*)::int as count from sagaline.applied_events');
  return Number(row?.['count']);
}

test('the work gets what was never applied, in its order', async () => {
  expect(await applied('a', 'e3', 'e1', 'e2')).toEqual(['e3', 'e1', 'e2']);
  expect(await applied('a', 'e5', 'e1', 'e4', 'e5')).toEqual(['e5', 'e4']);
  expect(await applied('a', 'e1', 'e5')).toEqual([]);
});

test('two effects each have the event', async () => {
  expect(await applied('one', 'f1')).toEqual(['f1']);
  expect(await applied('two', 'f1')).toEqual(['f1']);
});

test('what fails is not applied, and comes again', async () => {
  const failing = applyEachOnce(db.database, 'a', events('g1', 'g2'), () => Promise.reject(new Error('no')));
  await expect(failing).rejects.toThrow('no');
  expect(await applied('a', 'g1', 'g2')).toEqual(['g1', 'g2']);
});

test('what is older than the stream is forgotten, a little at each flush', async () => {
  await applied('old', ...Array.from({ length: 10 }, (_, index) => `h${index}`));
  await db.database.query(
    `update sagaline.applied_events set applied_at = now() - interval '41 days' where event in (
       select event from sagaline.applied_events order by applied_at desc limit 10)`,
  );
  const before = await remembered();
  await applied('old', 'i1');
  expect(await remembered()).toBe(before + 1 - 2);
  await applied('old', 'i2', 'i3', 'i4');
  expect(await remembered()).toBe(before + 4 - 8);
  await applied('old', 'i5', 'i6');
  expect(await remembered()).toBe(before + 6 - 10);
});
