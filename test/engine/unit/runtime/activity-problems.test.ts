import { deadLetterStoreActivities, occurrenceActivities } from '../../../../src/effects';
import type { LoadedApp, Pool } from '../../../../src/runtime/app';
import { activityProblems } from '../../../../src/runtime/app/problems';
import { ping, pingDomain } from '../../../support/ping/domain';

const appWith = (recurs: boolean): LoadedApp => ({
  domains: [{ ...pingDomain, workflows: [{ ...ping, recurs }] }],
  pools: {},
  root: '/project',
});
const pool: Pool = { domain: pingDomain, taskQueue: ping.taskQueue, activities: () => ({}) };
const own = deadLetterStoreActivities({ deadLetterEvents: () => Promise.resolve() });
const engine = occurrenceActivities({
  hasOccurrenceEnded: () => Promise.resolve(false),
  endOccurrences: () => Promise.resolve(),
});

test('the pool of a process that recurs is refused without the step that dead-letters what an occurrence leaves', () => {
  const expected =
    'pool "pings": its workflow "ping" recurs; add `...createDeadLetterActivities(database)` to its activities';
  expect(activityProblems(appWith(true), 'pings', pool, engine)).toEqual([expected]);
});

test.each<[string, LoadedApp, Pool, object]>([
  ['that has it', appWith(true), pool, { ...own, ...engine }],
  ['of another task queue', appWith(true), { ...pool, taskQueue: 'another' }, engine],
  ['whose process does not recur', appWith(false), pool, engine],
])('a pool %s is accepted', (_, app, given, activities) => {
  expect(activityProblems(app, 'pings', given, activities)).toEqual([]);
});

describe('activities that a worker could not run are refused by name', () => {
  class Desk {
    open(): Promise<void> {
      return Promise.resolve();
    }
  }
  test.each<[string, unknown]>([
    ['a promise of activities', Promise.resolve(own)],
    ['nothing', undefined],
    ['an instance of a class, whose methods are not its own members', new Desk()],
  ])('%s', (_, activities) => {
    expect(activityProblems(appWith(false), 'pings', pool, activities)).toEqual([
      expect.stringMatching(/^pool "pings": its activities must be an object of functions, and no promise/),
    ]);
  });

  test('an activity that is no function', () => {
    expect(activityProblems(appWith(false), 'pings', pool, { open: undefined })).toEqual([
      'pool "pings": its activity "open" must be a function; it is of type undefined',
    ]);
  });
});
