import type { EventContract } from '../../contracts';
import { isSealed, personalPaths, valueAt, withValueAt } from '../../contracts';
import type { Html, Part } from './html';
import { html } from './html';

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

/**
 * JSON as it is read by people, a line for each value.
 *
 * @param marked the path of the value that is wrong, such as `data.lines[0].quantity`
 */
export function jsonLines(value: unknown, marked?: string): Html {
  const wanted = marked
    ?.split(/[.[\]]+/)
    .filter(Boolean)
    .join('.');
  return html`<pre>${linesOf(value, '', '', wanted)}</pre>`;
}

function linesOf(value: unknown, path: string, indent: string, wanted: string | undefined): Part {
  if (wanted !== undefined && path === wanted && path !== '')
    return html`<mark>${linesOf(value, path, indent, undefined)}</mark>`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const isList = Array.isArray(value);
  const entries = Object.entries(value);
  if (entries.length === 0) return isList ? '[]' : '{}';
  const inner = `${indent}  `;
  return [
    isList ? '[' : '{',
    entries.map(([name, each], at): Part => [
      `\n${inner}`,
      isList ? '' : `${JSON.stringify(name)}: `,
      linesOf(each, path === '' ? name : `${path}.${name}`, inner, wanted),
      at < entries.length - 1 ? ',' : '',
    ]),
    `\n${indent}${isList ? ']' : '}'}`,
  ];
}
