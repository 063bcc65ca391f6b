import { oneLine } from '../contracts';

/** Formats rows as columns of text under headings: one line for each row, whatever its cells contain. */
export function table(headings: readonly string[], given: readonly (readonly string[])[]): string {
  const rows = given.map((row) => row.map(oneLine));
  const widths = headings.map((heading, column) =>
    Math.max(...[heading, ...rows.map((row) => row[column] ?? '')].map(width)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('   ')
      .trimEnd();
  return [line(headings), line(widths.map((size) => '─'.repeat(size))), ...rows.map(line)].join('\n');
}

function width(text: string): number {
  return text.length;
}
