import { readFileSync } from 'node:fs';
import path from 'node:path';
import { REASONS } from '../../../../src/contracts';

const read = (name: string) => readFileSync(path.resolve(__dirname, '../../../../docs', name), 'utf8');
const page = read('dead-letters.md');
/** The cells of each row of the page's tables that begins with a word in code. */
const rows = page
  .split('\n')
  .filter((line) => /^\| `[a-z-]+` +\|/.test(line))
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );

test('the page has a row for each reason and for nothing else, with its meaning, a cause, and what to do', () => {
  expect(rows.map(([reason]) => reason?.replaceAll('`', ''))).toEqual(Object.keys(REASONS));
  for (const [reason = '', meaning, cause, todo] of rows) {
    expect(meaning).toBe(REASONS[reason.replaceAll('`', '') as keyof typeof REASONS].meaning);
    expect([cause, todo].every((cell) => cell !== undefined && cell.length > 10)).toBe(true);
  }
});

test('the short guide says of each reason who writes it', () => {
  const firstCells = [...read('troubleshooting.md').matchAll(/^\| (`[^|]+`) +\|/gm)].map(
    ([, cell = '']) => cell,
  );
  const named = firstCells.flatMap((cell) => cell.split(', ').map((word) => word.trim().replaceAll('`', '')));
  expect(named).toEqual(Object.keys(REASONS));
});
