/** How a project's files import each other: without extensions, or, in ES modules, with the names of the compiled files. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { findConfig } from '../../../runtime/load';
import type { Plan } from './plan';

/** Name of the configuration file in the plans. */
export const CONFIG = 'sagaline.config.ts';

/** Relative paths in `from '…'` and `export * from '…'`. */
const RELATIVE = /(?<=\bfrom ')(\.{1,2}\/[^']+)(?=')/g;

/** Adapts a plan to the project in a folder: its imports, and the name of its configuration file. */
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

/** The end of an import path that leads Node to the compiled module: to a file, or to a folder's index. */
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

/**
 * Whether the project uses ES modules. A bundler may resolve imports without extensions; Node and the output of `sagaline build`
 * do not.
 */
function isEsm(root: string): boolean {
  const file = path.join(root, 'package.json');
  if (!existsSync(file)) return false;
  return (JSON.parse(readFileSync(file, 'utf8')) as { type?: string }).type === 'module';
}
