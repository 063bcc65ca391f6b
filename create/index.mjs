#!/usr/bin/env node
// `npm create sagaline my-project`: writes a template into a folder. Nothing is fetched, nothing is overwritten.
import process from 'node:process';
import { ProjectProblem, writeProject } from './write.mjs';

const [folder] = process.argv.slice(2);
try {
  process.stdout.write(writeProject({ folder: folder ?? '.' }).words);
} catch (error) {
  if (!(error instanceof ProjectProblem)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
