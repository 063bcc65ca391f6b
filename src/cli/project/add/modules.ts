/** How a project's files import each other: without extension, or, as ES modules, with the names of what they become. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { findConfig } from '../../../runtime/load';
import type { Plan } from './plan';

/** As the plans name it. */
export const CONFIG = 'sagaline.config.ts';

/** In `from '…'` and `export * from '…'`. */
const RELATIVE = /(?<=\bfrom ')(\.{1,2}\/[^']+)(?=')/g;

/** The plan for the project of that folder: its imports, and the name of its configuration file. */
export function fitted(root: string, plan: Plan): Plan {
  const esm = isEsm(root);
  const end = (file: string, from: string) =>
    endOf(root, plan, { module: path.join(path.dirname(file), from), esm });
  const text = (file: string, before: string) =>
    before.replace(RELATIVE, (from) => `${from}${end(file, from)}`);
  const edits = plan.edits.map(({ file, edit }) => {
    if (edit.kind === 'append') return { file, edit: { ...edit, text: text(file, edit.text) } };
    if (edit.kind !== 'import' || !edit.from.startsWith('.')) return { file, edit };
    return { file, edit: { ...edit, from: `${edit.from}${end(file, edit.from)}` } };
  });
  return {
    ...plan,
    files: Object.fromEntries(Object.entries(plan.files).map(([file, before]) => [file, text(file, before)])),
    edits: edits.map(({ file, edit }) => ({ file: file === CONFIG ? configOf(root) : file, edit })),
  };
}

/** What leads Node to that which is compiled of a module: of a file, or of a folder's index. */
function endOf(
  root: string,
  { files }: Plan,
  { module, esm }: { readonly module: string; readonly esm: boolean },
): string {
  const isThere = (file: string) => file in files || existsSync(path.join(root, file));
  if (isThere(`${module}.mts`)) return '.mjs';
  if (!esm) return '';
  return isThere(`${module}.ts`) ? '.js' : '/index.js';
}

function configOf(root: string): string {
  const file = findConfig(root);
  return file === undefined ? CONFIG : path.relative(root, file);
}

/** A bundler may resolve modules without extensions; Node does not, and neither does what `sagaline build` makes. */
function isEsm(root: string): boolean {
  const file = path.join(root, 'package.json');
  if (!existsSync(file)) return false;
  return (JSON.parse(readFileSync(file, 'utf8')) as { type?: string }).type === 'module';
}
