#!/usr/bin/env node
// `npm create sagaline [folder]`, and `sagaline init [folder]`.
import { relative } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { scaffold, ScaffoldError, templates } from './scaffold.mjs';

const USAGE = `Usage: npm create sagaline [folder] -- [--template <name>]

Writes a project into the folder, by default my-project. Templates: ${templates().join(', ')}; by default minimal.`;

const USAGE_ERROR = 2;

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { template: { type: 'string', default: 'minimal' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help) console.log(USAGE);
  else create(positionals, values.template);
} catch (error) {
  const isOurs = error instanceof ScaffoldError || String(error.code).startsWith('ERR_PARSE_ARGS');
  if (!isOurs) throw error;
  console.error(`init: ${error.message}`);
  process.exitCode = USAGE_ERROR;
}

function create(given, template) {
  if (given.length > 1) throw new ScaffoldError(`one folder, not ${given.length}: ${given.join(' ')}`);
  const cwd = process.cwd();
  const { target, files } = scaffold({ folder: given[0] ?? 'my-project', template, cwd });
  const way = relative(cwd, target);
  const steps = [
    ...(way === '' ? [] : [[`cd ${way}`, '']]),
    ['npm install', 'with the tarball of sagaline behind it, while the package is in no registry'],
    ['npm test', 'contract, workflow, replay and fault matrix tests'],
    ['npm start', 'everything on this machine, until Ctrl-C'],
  ];
  console.log(`${target}: ${files.length} files of the template "${template}".\n\nNext:`);
  for (const [command, what] of steps) console.log(`  ${command.padEnd(16)}${what}`.trimEnd());
  console.log('\nREADME.md there says what is where, and how to add to it.');
}
