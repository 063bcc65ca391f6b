/** More changes than this, and it is another word. */
const MOST = 3;

/** The name that is fewest changed characters from `name`, if one is close. */
export function closestTo(name: string, known: readonly string[]): string | undefined {
  const most = Math.min(MOST, Math.floor(name.length / 2));
  return known
    .map((each) => ({ each, changes: changesBetween(name.toLowerCase(), each.toLowerCase()) }))
    .filter(({ changes }) => changes <= most)
    .sort((a, b) => a.changes - b.changes)[0]?.each;
}

/** The Levenshtein distance. */
function changesBetween(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [line, mine] of Array.from(from).entries()) {
    const next = [line + 1];
    for (const [column, theirs] of Array.from(to).entries()) {
      const replaced = (row[column] ?? 0) + (mine === theirs ? 0 : 1);
      next.push(Math.min(replaced, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
