// What `npm run check` finds in names: scripts/check-words.ts.
import { bannedIn, inCode, inText } from '../../../../scripts/words/names';

test.each([
  ['buriedAt', 'dead-letter'],
  ['BURIED_AT_ONCE', 'dead-letter'],
  ['listLetters', 'dead letter'],
  ['payments.means-provided', 'payment method'],
  ['undoWithinMs', 'compensate'],
  ['order-course', 'state machine'],
])('%s is found', (name, use) => {
  expect(bannedIn(name)?.use).toContain(use);
});

test.each([
  'deadLetters',
  'dead-letters',
  'undoneBy',
  'UNDONE_BY',
  'ui-disable-news-fetch',
  'endpoint',
  'meansOf',
])('%s is not', (name) => {
  expect(bannedIn(name)).toBeUndefined();
});

test('names of code are found with their line, words of a sentence are not', () => {
  const code = "// the news of it\nconst letters = ['awaiting-means', 'no news of it'];\n";
  expect(inCode('a.ts', code).map(({ line, name }) => `${line} ${name}`)).toEqual([
    '2 letters',
    '2 awaiting-means',
  ]);
});

test('names of a page are what stands in backquotes', () => {
  expect(
    inText('a.md', 'A door.\n`openDoor` opens a door.').map(({ line, name }) => `${line} ${name}`),
  ).toEqual(['2 openDoor']);
});
