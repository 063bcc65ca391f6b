import { capability, placedMemo, placementOf } from '../../../../src/contracts';
import type { Capability } from '../../../../src/contracts';
import type { Pool } from '../../../../src/runtime/app';
import { placedActivities, placementIn, placementProblems } from '../../../../src/runtime/placement';
import { pingDomain } from '../../../support/ping/domain';

interface Desk {
  open(input: { key: string }): Promise<string>;
  close(input: { undoes: { key: string } }): Promise<void>;
}
const summary = () => 'At the desk';
const desk = capability<Desk>()('desk', { open: { summary, undoneBy: 'close' }, close: { summary } });
const till = capability<Desk>()('till', { open: { summary }, close: { summary } });

const pool = (taskQueue: string, more: Partial<Pool> = {}): Pool => ({
  domain: pingDomain,
  taskQueue,
  activities: () => ({}),
  ...more,
});
const sagas = (places: readonly Capability[], more: Partial<Pool> = {}) =>
  pool('sagas', { workflows: 'workflows', places, ...more });
const home = pool('desk', { activities: () => ({ open: () => 'opened', close: () => 'closed' }) });

test('a sound placement is accepted, and sagas of the pool begin with it', () => {
  const app = { pools: { sagas: sagas([desk]), desk: home } };
  expect(placementProblems(app)).toEqual([]);
  expect(placementIn(app)).toEqual({ sagas: placedMemo(['desk']) });
  expect(placementOf([sagas([])])).toEqual({});
});

test.each<[string, Readonly<Record<string, Pool>>, string]>([
  [
    'with a pool that runs no workflow',
    { helpers: pool('helpers', { places: [desk] }), desk: home },
    'pool "helpers": it places "desk", and runs no workflow; place it with the pool of the workflows that call it',
  ],
  [
    'of an unknown capability',
    { sagas: sagas([desk]) },
    'pool "sagas": it places "desk", and no pool has its task queue "desk"; add the pool that has its activities',
  ],
  [
    'that is made twice',
    { sagas: sagas([desk, desk]), desk: home },
    'pool "sagas": it places "desk" twice; drop one of the two',
  ],
  [
    'of a capability of the pool itself',
    { sagas: sagas([capability<Desk>()('own', desk.steps as never, { taskQueue: 'sagas' })]) },
    'pool "sagas": it places "own", which is on its own task queue already; drop it from `places`',
  ],
  [
    'on a database that the pool does not have',
    { sagas: sagas([desk]), desk: { ...home, database: 'branch' } },
    'pool "sagas": it places "desk", which the pool "desk" has on the database "branch"; "sagas" has "main": leave it on its task queue',
  ],
  [
    'on the database of all others, where the pool has its own',
    { sagas: sagas([desk], { database: 'ledger' }), desk: home },
    'pool "sagas": it places "desk", which the pool "desk" has on the database "main"; "sagas" has "ledger": leave it on its task queue',
  ],
  [
    'without the settings of its provider',
    { sagas: sagas([desk], { providers: ['bank'] }), desk: { ...home, providers: ['bank', 'post'] } },
    'pool "sagas": it places "desk", which the pool "desk" has with the provider "post"; add it to the `providers` of "sagas"',
  ],
])('a placement %s is refused by name', (_, pools, problem) => {
  expect(placementProblems({ pools })).toEqual([problem]);
});

test('two pools of workflows may place the same capability, each for its own sagas', () => {
  const pools = { sagas: sagas([desk]), more: { ...sagas([desk]), taskQueue: 'more' }, desk: home };
  expect(placementProblems({ pools })).toEqual([]);
  expect(placementIn({ pools })).toEqual({ sagas: placedMemo(['desk']), more: placedMemo(['desk']) });
});

describe('the activities that a pool gets with a placement', () => {
  const placing = (places: readonly Capability[], own: object, homes: Readonly<Record<string, Pool>>) => {
    const of = sagas(places);
    const made: string[] = [];
    const make = (one: Pool) => {
      made.push(one.taskQueue);
      return one.activities(undefined as never);
    };
    return { made, ...placedActivities({ pools: { sagas: of, ...homes } }, ['sagas', of], own, make) };
  };

  test('are those of the steps alone, from the pool of the capability', () => {
    const more = { ...home, activities: () => ({ ...home.activities(undefined as never), count: () => 1 }) };
    const { activities, problems, made } = placing([desk], {}, { desk: more });
    expect([Object.keys(activities), problems, made]).toEqual([['open', 'close'], [], ['desk']]);
  });

  test('are made once for all capabilities of one pool', () => {
    const other = capability<{ open(input: { key: string }): Promise<string> }>()(
      'other',
      { open: { summary } },
      { taskQueue: 'desk' },
    );
    const closing = capability<Pick<Desk, 'close'>>()('desk', { close: { summary } });
    expect(placing([closing, other], {}, { desk: home })).toMatchObject({ made: ['desk'], problems: [] });
  });

  test.each<[string, readonly Capability[], object, Readonly<Record<string, Pool>>, string[]]>([
    [
      'that its pool does not have',
      [desk],
      {},
      { desk: { ...home, activities: () => ({ open: () => 'opened' }) } },
      ['pool "sagas": it places "desk", whose step "close" is no activity of the pool "desk"; add it there'],
    ],
    [
      'whose name the pool has already',
      [desk],
      { close: () => 'mine' },
      { desk: home },
      [
        'pool "sagas": it places "desk", whose step "close" has the name of another activity of the pool; rename one of them',
      ],
    ],
    [
      'that another capability has as well',
      [desk, till],
      {},
      { desk: home, till: { ...home, taskQueue: 'till' } },
      ['open', 'close'].map(
        (step) =>
          `pool "sagas": it places "till", whose step "${step}" has the name of another activity of the pool; rename one of them`,
      ),
    ],
  ])('a step %s is refused by name', (_, places, own, homes, problems) => {
    expect(placing(places, own, homes).problems).toEqual(problems);
  });
});
