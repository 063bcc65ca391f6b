#!/usr/bin/env node
// `npx sagaline`: the compiled command line where there is one, and the sources where there is none.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const compiled = join(ROOT, 'dist', 'src', 'cli', 'main.js');
const require = createRequire(import.meta.url);

if (existsSync(compiled)) {
  require(compiled);
} else {
  require('tsx/cjs/api').register();
  require(join(ROOT, 'src', 'cli', 'main.ts'));
}
