// When the drill fails, and what it refuses before it starts anything.
import { chosenFrom, hasFailed } from '../../drill/verdict';

const told = { seconds: 1, words: 'a saga is stuck' };
const alert = { seconds: 1, name: 'SagalineWaitsForPerson', for: '0s' };
const mended = { seconds: 5 };
const INCIDENTS = [{ name: 'stuck' }, { name: 'pool stopped' }, { name: 'late event' }];

test('it fails where one incident is not told, fires no alert, or is not mended; a missed goal is no failure', () => {
  const whole = { told, alert, mended };
  expect(hasFailed([whole, { ...whole, mended: { seconds: 100 } }])).toBe(false);
  for (const missing of ['told', 'alert', 'mended'])
    expect([missing, hasFailed([whole, { ...whole, [missing]: undefined }])]).toEqual([missing, true]);
});

test('names choose incidents, apart or with commas; without any it makes all', () => {
  const names = (only?: string[]) => chosenFrom(INCIDENTS, only).map(({ name }) => name);
  expect(names()).toEqual(['stuck', 'pool stopped', 'late event']);
  expect(names(['pool stopped', 'stuck'])).toEqual(['stuck', 'pool stopped']);
  expect(names(['stuck, late event'])).toEqual(['stuck', 'late event']);
});

test('a name that no incident has is refused, also beside right ones', () => {
  expect(() => chosenFrom(INCIDENTS, ['stuck,pool stoped'])).toThrow('no such incident: pool stoped');
  expect(() => chosenFrom(INCIDENTS, ['nothing'])).toThrow('no such incident: nothing');
});
