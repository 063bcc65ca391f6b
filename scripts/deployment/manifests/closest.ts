import leven from 'leven';

/** More changes than this, and it is another word. */
const MOST = 3;

/** The name that is fewest changed characters from `name`, if one is close. */
export function closestTo(name: string, known: readonly string[]): string | undefined {
  const most = Math.min(MOST, Math.floor(name.length / 2));
  return known
    .map((each) => ({ each, changes: leven(name.toLowerCase(), each.toLowerCase()) }))
    .filter(({ changes }) => changes <= most)
    .sort((a, b) => a.changes - b.changes)[0]?.each;
}
