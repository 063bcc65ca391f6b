import { readFileSync } from 'node:fs';
import { changed, sabotages } from '../../../chaos/sabotage';

const changes = Object.entries(sabotages).flatMap(([name, sabotage]) =>
  sabotage.changes.map((change) => ({ name, change, file: change.file })),
);

test.each(changes)('$name finds what it breaks in $file, once', ({ change }) => {
  const text = readFileSync(change.file, 'utf8');
  expect(changed(text, change)).not.toBe(text);
});

test('what is not there, or twice, is not sabotaged', () => {
  const change = { file: 'a.ts', from: 'one', to: 'two' };
  expect(changed('one $&', { ...change, to: '$1' })).toBe('$1 $&');
  expect(() => changed('none', change)).not.toThrow();
  expect(() => changed('nothing', change)).toThrow('a.ts has what is to be sabotaged 0 times');
  expect(() => changed('one, and one more', change)).toThrow('2 times');
});
