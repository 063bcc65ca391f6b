import type { EventContract } from '../../contracts';
import { isSealed, personalPaths, valueAt, withValueAt } from '../../contracts';
import type { Html, Part } from './html';
import { html } from './html';
import { short } from './parts';

/** A CloudEvent with its encrypted fields in clear; those that cannot be opened say why. */
export async function opened(
  event: unknown,
  contract: EventContract | undefined,
  open: (value: never) => Promise<unknown>,
): Promise<unknown> {
  if (!contract || typeof event !== 'object' || event === null) return event;
  let clear: unknown = event;
  for (const path of personalPaths(contract.schema)) {
    const value = valueAt(clear, ['data', ...path]);
    if (!isSealed(value)) continue;
    const text = await open(value as never).catch((error: unknown) =>
      error instanceof Error ? `encrypted (${error.message})` : 'encrypted',
    );
    clear = withValueAt(clear, ['data', ...path], text);
  }
  return clear;
}

/** Characters of one text, and of all: an event may have a megabyte, of which a page has the beginning. */
const MOST_OF_TEXT = 2_000;
const MOST_OF_ALL = 60_000;

/**
 * JSON as it is read by people, a line for each value. Long texts are cut, and so is a long document.
 *
 * @param marked the path of the value that is wrong, such as `data.lines[0].quantity`
 */
export function jsonLines(value: unknown, marked?: string): Html {
  const wanted = marked
    ?.split(/[.[\]]+/)
    .filter(Boolean)
    .join('.');
  return html`<pre>${linesOf(value, '', '', { wanted, left: MOST_OF_ALL })}</pre>`;
}

interface Lines {
  readonly wanted: string | undefined;
  /** Characters that there is room for. */
  left: number;
}

function linesOf(value: unknown, path: string, indent: string, lines: Lines): Part {
  const { wanted } = lines;
  if (wanted !== undefined && path === wanted && path !== '') {
    const within = { wanted: undefined, left: lines.left };
    const marked = html`<mark>${linesOf(value, path, indent, within)}</mark>`;
    lines.left = within.left;
    return marked;
  }
  if (typeof value !== 'object' || value === null) return leaf(value, lines);
  const isList = Array.isArray(value);
  const entries = Object.entries(value);
  if (entries.length === 0) return isList ? '[]' : '{}';
  const inner = `${indent}  `;
  const shown: Part[] = [];
  for (const [at, [name, each]] of entries.entries()) {
    if (lines.left <= 0) {
      shown.push(`\n${inner}… and ${entries.length - at} more`);
      break;
    }
    lines.left -= inner.length;
    shown.push([
      `\n${inner}`,
      isList ? '' : [leaf(name, lines), ': '],
      linesOf(each, path === '' ? name : `${path}.${name}`, inner, lines),
      at < entries.length - 1 ? ',' : '',
    ]);
  }
  return [isList ? '[' : '{', shown, `\n${indent}${isList ? ']' : '}'}`];
}

function leaf(value: unknown, lines: Lines): string {
  const text = short(JSON.stringify(value), MOST_OF_TEXT);
  lines.left -= text.length;
  return text;
}
