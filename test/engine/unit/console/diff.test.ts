import { changedLines } from '../../../../src/console/browser/diff';

test('only lines that differ are shown, in their order', () => {
  expect(changedLines('a\nb\nc', 'a\nx\nc\nd')).toEqual([
    { kind: 'removed', text: 'b' },
    { kind: 'added', text: 'x' },
    { kind: 'added', text: 'd' },
  ]);
  expect(changedLines('same', 'same')).toEqual([]);
});

test('a text of very many lines is not compared', () => {
  expect(changedLines('', '\n'.repeat(3_000))).toEqual([
    { kind: 'added', text: '3001 lines, too many to compare' },
  ]);
});
