/**
 * Makes an edit as a reader does: finds the first line of each part in the file, follows the lines that are there, and puts in the
 * others. Indentation is the file's.
 *
 * @throws Error where a part's first line is not there, is there twice, or nothing is new
 */
export function editedText(text: string, parts: readonly (readonly string[])[]): string {
  const lines = text.split('\n');
  let at = 0;
  for (const part of parts) at = putIn(lines, at, part);
  return lines.join('\n');
}

function putIn(lines: string[], from: number, [first = '', ...rest]: readonly string[]): number {
  const places = lines.flatMap((line, index) => (index >= from && isSame(line, first) ? [index] : []));
  const [place, second] = places;
  if (place === undefined) throw new Error(`no line reads: ${first.trim()}`);
  if (second !== undefined) throw new Error(`more than one line reads: ${first.trim()}`);
  const indent = (line: string) => line.length - line.trimStart().length;
  const deeper = indent(lines[place] ?? '') - indent(first);
  let at = place + 1;
  let added = 0;
  for (const line of rest) {
    if (!isSame(lines[at] ?? '', line)) {
      lines.splice(at, 0, `${' '.repeat(Math.max(0, indent(line) + deeper))}${line.trimStart()}`);
      added += 1;
    }
    at += 1;
  }
  if (added === 0) throw new Error(`nothing is new below: ${first.trim()}`);
  return at;
}

function isSame(one: string, other: string): boolean {
  return one.trim() === other.trim();
}
