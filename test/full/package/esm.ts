import assert from 'node:assert/strict';
import {
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import type { Project } from './project';
import { projectIn } from './project';

const CONFIG = 'sagaline.config';
/** What the new project is made of, beside its packages. */
const NOT_COPIED = ['node_modules', '.git', '.sagaline', 'build', 'consumer'];
const RELATIVE = /(?<=from ')(\.{1,2}\/[^']+)(?=')/g;

/** The same project as ES modules: its configuration loads, is extended and is built; what cannot be loaded is one message. */
export async function checkEsm(template: Project): Promise<string> {
  const folder = `${template.folder}-esm`;
  cpSync(template.folder, folder, {
    recursive: true,
    filter: (source) => !NOT_COPIED.includes(path.relative(template.folder, source)),
  });
  symlinkSync(path.join(template.folder, 'node_modules'), path.join(folder, 'node_modules'));
  toEsm(folder);
  const project = projectIn(template.newcomer, folder);
  const loads = async (...args: string[]) => {
    const out = await project.sagaline(['routes', 'list', ...args]);
    assert.match(out, /ticket-requested +com\.example/, out);
  };

  await loads();
  await project.sagaline([
    'add',
    'step',
    'printTicket',
    '--pool',
    'tickets',
    '--compensation',
    'withdrawTicket',
  ]);
  await project.run(['npm', 'run', 'check']);

  renameSync(path.join(folder, `${CONFIG}.ts`), path.join(folder, `${CONFIG}.mts`));
  await loads();
  await project.run(['npm', 'run', 'build']);
  await loads('--config', 'build/sagaline.config.mjs');

  const file = path.join(folder, `${CONFIG}.mts`);
  writeFileSync(file, `${readFileSync(file, 'utf8')}await Promise.resolve();\n`);
  const out = await project.sagaline(['routes', 'list'], { code: 2 });
  assert.match(out, /sagaline\.config\.mts cannot be loaded: [^]*top-level await/i, out);
  assert.doesNotMatch(out, /\n {4}at /, out);
  return '.ts and .mts load, are extended and built; top-level await is one message';
}

/** As Node wants it: imports with the names of files. */
function toEsm(folder: string): void {
  const manifest = path.join(folder, 'package.json');
  const text = readFileSync(manifest, 'utf8');
  writeFileSync(manifest, text.replace('"private": true,', '"private": true,\n  "type": "module",'));
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && !file.startsWith('node_modules'),
  );
  for (const file of files.map((each) => path.join(folder, each))) {
    const named = (from: string) =>
      existsSync(path.resolve(path.dirname(file), `${from}.ts`)) ? `${from}.js` : `${from}/index.js`;
    writeFileSync(file, readFileSync(file, 'utf8').replace(RELATIVE, named));
  }
}
