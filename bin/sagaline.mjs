#!/usr/bin/env node
// `npx sagaline`: the sources where they are, and the compiled command line where it came without them.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const sources = join(ROOT, 'src', 'cli', 'main.ts');
const require = createRequire(import.meta.url);

if (existsSync(sources)) {
  require('tsx/cjs/api').register();
  require(sources);
} else {
  require(join(ROOT, 'dist', 'src', 'cli', 'main.js'));
}
