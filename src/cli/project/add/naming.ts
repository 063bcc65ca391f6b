import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { CliError, EXIT } from '../../exit';

/** One name in the forms for files, identifiers and tables. */
export interface Naming {
  readonly camel: string;
  readonly kebab: string;
  readonly pascal: string;
  readonly snake: string;
}

const NAME = /^[a-z][a-zA-Z0-9]*(-[a-z0-9]+)*$/;
/** File names, step keys and PostgreSQL's names have limits; that of a step key is the lowest. */
const LONGEST = 40;
/** Reserved words of ECMAScript in strict mode: none of them can be an identifier. */
const RESERVED = new Set(
  (
    'arguments await break case catch class const continue debugger default delete do else enum eval export extends ' +
    'false finally for function if implements import in instanceof interface let new null package private protected ' +
    'public return static super switch this throw true try typeof var void while with yield'
  ).split(' '),
);

/**
 * Reserved words of PostgreSQL (https://www.postgresql.org/docs/18/sql-keywords-appendix.html): none of them can be an unquoted
 * name of a schema or table.
 */
const RESERVED_IN_SQL = new Set(
  (
    'all analyse analyze and any array as asc asymmetric both case cast check collate column constraint create default ' +
    'deferrable desc distinct do else end except false fetch for foreign from grant group having in initially intersect ' +
    'into lateral leading limit localtime localtimestamp not null offset on only or order placing primary references ' +
    'returning select some symmetric system_user table then to trailing true union unique user using variadic when where ' +
    'window with'
  ).split(' '),
);
/** Names that the files which `add` writes already use. */
const TAKEN = new Set(
  'activity config defineConfig defineDomain doOnce expect id key migrations pools routes test compensateOnce workflows z'.split(
    ' ',
  ),
);

/** Parses a name; `payBack` and `pay-back` are the same name. @throws CliError */
export function readName(text: string, what: string): Naming {
  const camel = text.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  if (TAKEN.has(camel) || RESERVED_IN_SQL.has(camel))
    throw new CliError(
      'bad-name',
      `"${text}" is no name for ${article(what)}: ${TAKEN.has(camel) ? 'the files of a project have it for something else' : 'it is a reserved word of SQL'}; choose another`,
      EXIT.usage,
    );
  if (!NAME.test(text) || text.length > LONGEST || RESERVED.has(camel))
    throw new CliError(
      'bad-name',
      `"${text}" is no name for ${article(what)}: it must be an identifier, such as payBack or pay-back, of ${LONGEST} characters at most`,
      EXIT.usage,
    );
  const kebab = camel.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const pascal = `${camel.charAt(0).toUpperCase()}${camel.slice(1)}`;
  return { camel, kebab, pascal, snake: kebab.replaceAll('-', '_') };
}

/** Returns the named item, or the only one that exists. @throws CliError */
export function choose(
  root: string,
  given: string | undefined,
  { what, folder, ext = '' }: { what: string; folder: string; ext?: string },
): Naming {
  const there = namesIn(path.join(root, folder), ext);
  const [only] = there;
  if (given === undefined) {
    if (only !== undefined && there.length === 1) return readName(only, what);
    const which = there.length === 0 ? `there is none: sagaline add ${what} NAME` : there.join(', ');
    throw new CliError('which', `say which ${what} by --${what}: ${which}`, EXIT.usage);
  }
  const name = readName(given, what);
  if (there.includes(name.kebab)) return name;
  const known = there.length === 0 ? 'there is none' : `there are ${there.join(', ')}`;
  throw new CliError(
    `unknown-${what}`,
    `there is no ${what} "${given}" in ${folder}/; ${known}. Make one by: sagaline add ${what} ${given}`,
    EXIT.usage,
  );
}

function namesIn(folder: string, ext: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => (ext === '' ? entry.isDirectory() : entry.name.endsWith(ext)))
    .map(({ name }) => name.slice(0, name.length - ext.length))
    .filter((name) => name !== 'index')
    .sort();
}

const article = (what: string) => `${what === 'event' ? 'an' : 'a'} ${what}`;
