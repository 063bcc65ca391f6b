// What can be checked in a Markdown page without a renderer: its headings, its links, its tables.
import { existsSync } from 'node:fs';
import path from 'node:path';

/** Pages by their path from the root of the repository. */
type Pages = ReadonlyMap<string, string>;

interface LongCell {
  readonly line: number;
  readonly length: number;
}

const FENCE = /^\s*```/;

/** The lines outside of fenced code, with their numbers from 1. */
function proseOf(text: string): { line: number; words: string }[] {
  let fenced = false;
  return text.split('\n').flatMap((words, index) => {
    if (FENCE.test(words)) fenced = !fenced;
    return fenced || FENCE.test(words) ? [] : [{ line: index + 1, words }];
  });
}

/**
 * The anchor that GitHub gives a heading.
 *
 * @example
 * anchorOf('Endpoints: `POST /orders`'); // 'endpoints-post-orders'
 */
function anchorOf(heading: string): string {
  return heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}_\- ]/gu, '')
    .replaceAll(' ', '-');
}

/** The anchors of a page; the second heading with the same words gets `-1`. */
export function anchorsOf(text: string): Set<string> {
  const seen = new Map<string, number>();
  const headings = proseOf(text).flatMap(({ words }) => /^#{1,6} +(.*?) *$/.exec(words)?.[1] ?? []);
  const numbered = headings.map((heading) => {
    const anchor = anchorOf(heading);
    const before = seen.get(anchor) ?? 0;
    seen.set(anchor, before + 1);
    return before === 0 ? anchor : `${anchor}-${before}`;
  });
  const named = [...text.matchAll(/<a (?:id|name)="([^"]+)"/g)].map(([, name = '']) => name);
  return new Set([...numbered, ...named]);
}

/** The targets of the links of a page that lead into the repository. */
function linksOf(text: string): { line: number; target: string }[] {
  return proseOf(text).flatMap(({ line, words }) =>
    [...words.replace(/`[^`]*`/g, '').matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, target = '']) => ({ line, target }))
      .filter(({ target }) => !/^[a-z]+:/.test(target)),
  );
}

/**
 * @param root the folder to which the paths of the pages are relative
 * @returns one line for each link whose file or anchor does not exist: `docs/a.md:12: b.md#gone`
 */
export function brokenLinks(pages: Pages, root: string): string[] {
  return [...pages].flatMap(([page, text]) =>
    linksOf(text)
      .filter(({ target }) => !leads(page, target))
      .map(({ line, target }) => `${page}:${line}: ${target}`),
  );

  function leads(page: string, target: string): boolean {
    const [file = '', anchor] = target.split('#');
    const to = file === '' ? page : path.posix.join(path.posix.dirname(page), file);
    const text = pages.get(to);
    if (anchor !== undefined) return text !== undefined && anchorsOf(text).has(anchor);
    return text !== undefined || existsSync(path.join(root, to));
  }
}

/** The table cells of a page with more than `limit` characters. */
export function longCells(text: string, limit: number): LongCell[] {
  return proseOf(text)
    .filter(({ words }) => words.startsWith('|'))
    .flatMap(({ line, words }) =>
      words
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => ({ line, length: cell.trim().length }))
        .filter(({ length }) => length > limit),
    );
}
