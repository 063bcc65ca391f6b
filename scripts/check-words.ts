// Part of `npm run check`: names use the field's words (docs/glossary.md), in code, pages, settings and the names of files.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { bannedIn, inCode, inText } from './words/names';

const ROOT = path.resolve(__dirname, '..');
const CODE = /\.(ts|mts|cts|mjs|cjs|js)$/;
const TEXT = /\.(md|ya?ml|sql|json|jsonc|conf)$|Dockerfile$/;

/**
 * Recorded histories come from old code; a lock file has the names of other packages; the list contains the banned words
 * themselves.
 */
const SKIPPED =
  /(^|\/)histories\/|package-lock\.json$|^scripts\/(words\/|check-words)|^test\/engine\/unit\/words/;

/** Names in which the word has its ordinary meaning. */
const EXCEPTIONS: readonly { readonly file: RegExp; readonly name: RegExp; readonly why: string }[] = [
  { file: /add\/naming\.ts$|tally-driver\.ts$/, name: /^letter$/, why: 'a letter of the alphabet' },
];

const files = execFileSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8' })
  .split('\0')
  .filter((file) => existsSync(path.join(ROOT, file)) && file !== '');
const problems: string[] = [];
for (const file of files) {
  if (SKIPPED.test(file)) continue;
  for (const segment of file.split('/')) {
    const banned = bannedIn(segment);
    if (banned) problems.push(`${file}: the name has a word of our own; use: ${banned.use}`);
  }
  if (!CODE.test(file) && !TEXT.test(file)) continue;
  const text = readFileSync(path.join(ROOT, file), 'utf8');
  for (const { line, name, use } of CODE.test(file) ? inCode(file, text) : inText(file, text)) {
    if (EXCEPTIONS.some((exception) => exception.file.test(file) && exception.name.test(name))) continue;
    problems.push(`${file}:${line}: "${name}" has a word of our own; use: ${use}`);
  }
}
for (const problem of [...new Set(problems)]) process.stderr.write(`${problem}\n`);
if (problems.length > 0) process.exitCode = 1;
else process.stdout.write(`${files.length} files have the field's words in their names (docs/glossary.md)\n`);
