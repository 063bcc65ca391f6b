// Part of `npm run check`: every package of the lock file has a licence that permits use in any product, or is an exception with a
// reason.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { licenceProblems } from './licences/allowed';

const lock = JSON.parse(readFileSync(path.resolve(__dirname, '../package-lock.json'), 'utf8')) as {
  readonly packages: Readonly<Record<string, { readonly license?: string }>>;
};

const problems = licenceProblems(lock.packages);
for (const problem of problems) process.stderr.write(`licences: ${problem}\n`);
if (problems.length > 0) process.exitCode = 1;
else process.stdout.write(`licences: ${Object.keys(lock.packages).length - 1} packages may be used\n`);
