// What the drill refuses before it starts anything.
import { chosenFrom } from '../../../drill/choice';

const INCIDENTS = [{ name: 'stuck' }, { name: 'pool stopped' }, { name: 'late event' }];

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
