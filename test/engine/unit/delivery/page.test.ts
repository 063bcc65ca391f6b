// docs/delivery.md says what the tests in test/engine/integration/delivery hold, in the words of their own data.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Cell } from '../../integration/delivery/cells';
import { CELLS, HOOK_CELLS, NOTES, ROUTES } from '../../integration/delivery/cells';

const page = readFileSync(path.resolve(__dirname, '../../../../docs/delivery.md'), 'utf8');
const [delivery = '', hook = ''] = page.split('## With a dispatch hook');
const rows = rowsOf(delivery);

function rowsOf(text: string): string[][] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

const numbers = new Map(Object.keys(NOTES).map((note, index) => [note, index + 1]));

function words({ outcome, note }: Cell): string {
  return note === undefined ? outcome : `${outcome} (${numbers.get(note)})`;
}

test('the table has each of the 64 cells, as it is tested', () => {
  const expected: string[][] = [];
  for (let at = 0; at < CELLS.length; at += ROUTES.length) {
    const cells = CELLS.slice(at, at + ROUTES.length);
    expected.push([cells[0]?.target ?? '', cells[0]?.event ?? '', ...cells.map(words)]);
  }
  expect(CELLS).toHaveLength(2 * 8 * 4);
  expect(rows[0]).toEqual(['target', 'event', ...ROUTES]);
  expect(rows.slice(2)).toEqual(expected);
});

test('the notes are below it, in their order, and each is of a cell', () => {
  const notes = page
    .split(/^\d+\. /m)
    .slice(1)
    .map((note) => (note.split('\n\n')[0] ?? '').replace(/\s+/g, ' ').trim());
  expect(notes).toEqual(Object.values(NOTES));
  expect(new Set(CELLS.map(({ note }) => note).filter(Boolean))).toEqual(new Set(Object.keys(NOTES)));
});

test('the table of the dispatch hook has what is tested', () => {
  expect(rowsOf(hook).slice(2)).toEqual(HOOK_CELLS);
});
