import type { Catalogue } from '../contracts';
import { asyncApi } from './asyncapi';
import { describeEvents } from './described';
import { jsonSchemas } from './json-schemas';
import { markdownPages, NOTE } from './markdown';

/**
 * The event reference of a project: the text of each file, by its path in the folder. The same catalogue makes the same texts.
 *
 * @param title of the pages and the AsyncAPI document
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

/** Lists of plain values go on one line: an enumeration of a hundred is read as one thing. */
export function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2).replace(PLAIN_LIST, (list) => list.replace(/\n\s*/g, ' ').replace(/^\[ | \]$/g, (end) => end.trim()))}\n`;
}

/** It begins with a line break, which no text of JSON has in it. */
const PLAIN_LIST = /\[\n\s*(?:"(?:[^"\\]|\\.)*"|[\w.+-]+)(?:,\n\s*(?:"(?:[^"\\]|\\.)*"|[\w.+-]+))*\n\s*\]/g;

/** Whether a file in the folder of the reference was made by it, by its path and its text: what is made no more is removed. */
export function isGenerated(path: string, text: string): boolean {
  if (/^[\w-]+\.md$/.test(path)) return text.startsWith(NOTE);
  return path === 'asyncapi.json' || /^schemas\/(.+\.(data|cloudevent)|cloudevent)\.json$/.test(path);
}
