// The demo's cases, all at once, as `npm run demo` runs them.
import { attempt } from '../../../demo/case';
import { checkBooks } from '../../../demo/books';
import { cases } from '../../../demo/cases';
import type { Shop } from '../../../demo/shop';
import { table } from '../../../src/cli/table';

/** @returns what is wrong; empty when every case ended as it should */
export async function runDemoCases(shop: Shop, say: (line: string) => void): Promise<string[]> {
  const results = await Promise.all(
    cases.map(async ({ name, run }) => ({ name, ...(await attempt(() => run(shop))) })),
  );
  const books = await checkBooks(shop);
  const rows = results.map(({ name, actual, problems }) => [name, actual, problems.length ? 'NOT OK' : 'ok']);
  say(table(['case', 'ended as', 'ok'], rows));
  for (const line of books.lines) say(line);
  const good = results.filter(({ problems }) => problems.length === 0).length;
  say(`${good} of ${results.length} cases ended as they should`);
  return [
    ...results.flatMap(({ name, problems }) => problems.map((problem) => `${name}: ${problem}`)),
    ...books.problems.map((problem) => `books: ${problem}`),
  ];
}
