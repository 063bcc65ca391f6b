export interface ChangedLine {
  readonly kind: 'added' | 'removed';
  readonly text: string;
}

/** Lines of larger texts are not compared: the table has their product of cells. */
const MOST_LINES = 2_000;

/** The lines that differ, in the order of the texts: the longest common subsequence stays out. */
export function changedLines(before: string, after: string): ChangedLine[] {
  const [old, now] = [before.split('\n'), after.split('\n')];
  if (old.length > MOST_LINES || now.length > MOST_LINES)
    return before === after ? [] : [{ kind: 'added', text: `${now.length} lines, too many to compare` }];
  // lengths[i][j]: of the longest common subsequence of old from i and now from j.
  const lengths = Array.from({ length: old.length + 1 }, () => new Uint16Array(now.length + 1));
  const lengthAt = (i: number, j: number) => lengths[i]?.[j] ?? 0;
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = now.length - 1; j >= 0; j--) {
      const row = lengths[i];
      if (!row) continue;
      row[j] =
        old[i] === now[j] ? lengthAt(i + 1, j + 1) + 1 : Math.max(lengthAt(i + 1, j), lengthAt(i, j + 1));
    }
  }
  const changed: ChangedLine[] = [];
  for (let i = 0, j = 0; i < old.length || j < now.length;) {
    if (i < old.length && j < now.length && old[i] === now[j]) {
      i++;
      j++;
    } else if (j === now.length || (i < old.length && lengthAt(i + 1, j) >= lengthAt(i, j + 1)))
      changed.push({ kind: 'removed', text: old[i++] ?? '' });
    else changed.push({ kind: 'added', text: now[j++] ?? '' });
  }
  return changed;
}
