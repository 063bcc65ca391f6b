// The pages of the repository: links lead somewhere, and tables can be read.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { anchorsOf, brokenLinks, longCells } from '../../../support/docs/pages';

const ROOT = path.resolve(__dirname, '../../../..');
/** Wider cells make a reader scroll; what needs more words is a list, a section or a page. */
const CELL_CHARACTERS = 120;
const FOLDERS = ['docs', 'create', 'examples', 'domains'];

const files = FOLDERS.flatMap((folder) => filesBelow(folder, '.md'));
const pages = new Map(['README.md', ...files].map((file) => [file, read(file)]));

function read(file: string): string {
  return readFileSync(path.join(ROOT, file), 'utf8');
}

function filesBelow(folder: string, extension: string): string[] {
  return readdirSync(path.join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = path.posix.join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : filesBelow(name, extension);
    return name.endsWith(extension) ? [name] : [];
  });
}

test('every link between pages leads to a file and a heading that exist', () => {
  expect(pages.size).toBeGreaterThan(60);
  expect(brokenLinks(pages, ROOT)).toEqual([]);
});

test('every page that the code names exists, and so does its heading', () => {
  const named = filesBelow('src', '.ts').flatMap((file) =>
    [...read(file).matchAll(/\bdocs\/[\w/-]+\.md(?:#[\w-]+)?/g)].map(([target]) => ({ file, target })),
  );
  expect(named.length).toBeGreaterThan(10);
  const broken = named.filter(({ target }) => {
    const [page = '', anchor] = target.split('#');
    const text = pages.get(page);
    return text === undefined || (anchor !== undefined && !anchorsOf(text).has(anchor));
  });
  expect(broken).toEqual([]);
});

test.each([...pages])('the tables of %s have short cells', (_page, text) => {
  expect(longCells(text, CELL_CHARACTERS)).toEqual([]);
});

describe('what is found', () => {
  const found = (text: string) =>
    brokenLinks(
      new Map([
        ['docs/a.md', text],
        ['docs/b.md', '# B\n\n## Twice\n\n## Twice\n\n```sh\n# not a heading\n```\n'],
      ]),
      ROOT,
    );

  test.each([
    ['a page', '[b](b.md)'],
    ['a heading', '[b](b.md#twice), [b](b.md#twice-1)'],
    ['a heading of the page itself', '## Here `now`\n\n[here](#here-now)'],
    ['a file', '[package](../package.json)'],
    ['an address elsewhere', '[elsewhere](https://example.com/#gone)'],
    ['code', '`[b](gone.md)`\n\n```md\n[b](gone.md)\n```'],
  ])('%s is right', (_, text) => {
    expect(found(text)).toEqual([]);
  });

  test.each([
    ['a page that does not exist', '\n[b](gone.md)', 'docs/a.md:2: gone.md'],
    ['a heading that does not exist', '[b](b.md#gone)', 'docs/a.md:1: b.md#gone'],
    ['a comment in code as a heading', '[b](b.md#not-a-heading)', 'docs/a.md:1: b.md#not-a-heading'],
    ['a path from another folder', '[b](docs/b.md)', 'docs/a.md:1: docs/b.md'],
  ])('%s is an error', (_, text, broken) => {
    expect(found(text)).toEqual([broken]);
  });

  test('a cell is as long as its words, and an escaped bar does not end it', () => {
    const table = `| a | b |\n| - | - |\n| 123456 | ${'x'.repeat(3)} \\| ${'y'.repeat(3)} |\n`;
    expect(longCells(table, 6)).toEqual([{ line: 3, length: 10 }]);
  });
});
