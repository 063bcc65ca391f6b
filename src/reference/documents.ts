import type { Catalogue } from '../contracts';
import { asyncApi } from './asyncapi';
import { describeEvents } from './described';
import { jsonSchemas } from './json-schemas';
import { markdownPages, NOTE } from './markdown';

/**
 * Makes the event reference of a project: the text of each file, by its path in the folder. The same catalogue makes
 * the same texts.
 *
 * @param title title of the pages and the AsyncAPI document
 */
export function eventDocuments(catalogue: Catalogue, title: string): ReadonlyMap<string, string> {
  const events = describeEvents(catalogue);
  const schemas = Object.entries(jsonSchemas(events)).map(
    ([name, schema]) => [`schemas/${name}`, json(schema)] as const,
  );
  return new Map([
    ...Object.entries(markdownPages(events, title)),
    ['asyncapi.json', json(asyncApi(events, title))],
    ...schemas,
  ]);
}

/** Writes JSON. Lists of plain values go on one line, so that a long enumeration reads as one value. */
export function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2).replace(PLAIN_LIST, (list) => list.replace(/\n\s*/g, ' ').replace(/^\[ | \]$/g, (end) => end.trim()))}\n`;
}

/** Each match has a line break after the bracket, which a string in JSON cannot have. */
const PLAIN_LIST = /\[\n\s*(?:"(?:[^"\\]|\\.)*"|[\w.+-]+)(?:,\n\s*(?:"(?:[^"\\]|\\.)*"|[\w.+-]+))*\n\s*\]/g;

/**
 * Whether the reference has made a file in its folder, by the path and text of the file. Files that it does not make
 * any more are removed.
 */
export function isGenerated(path: string, text: string): boolean {
  if (/^[\w-]+\.md$/.test(path)) return text.startsWith(NOTE);
  return path === 'asyncapi.json' || /^schemas\/(.+\.(data|cloudevent)|cloudevent)\.json$/.test(path);
}
