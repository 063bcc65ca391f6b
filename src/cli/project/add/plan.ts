import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { errorMessage } from '../../../contracts';
import { CliError, EXIT } from '../../exit';
import type { Edit } from './edit';
import { edited, THERE } from './edit';
import { typescriptOf } from './typescript';

/** An edit of an existing file. */
export interface Registration {
  readonly file: string;
  readonly edit: Edit;
}

/** The changes of an `add`: new files, and registrations in existing files. Paths are relative to the project's folder. */
export interface Plan {
  readonly what: string;
  readonly files: Readonly<Record<string, string>>;
  readonly edits: readonly Registration[];
  /** A history that the project's recorder writes after the other changes. */
  readonly records?: string;
  /** Next steps for the user. */
  readonly next: readonly string[];
}

/** @returns lines for the user, and whether some registrations must be made by hand */
export function applyPlan(
  root: string,
  plan: Plan,
  dryRun: boolean,
): { readonly lines: readonly string[]; readonly byHand: boolean } {
  const { records } = plan;
  const recorded = records === undefined ? [] : [records];
  const there = [...Object.keys(plan.files), ...recorded].filter((file) => existsSync(path.join(root, file)));
  if (there.length > 0)
    throw new CliError('exists', `${there.join(', ')} exists already; nothing was written`, EXIT.failed);
  const { changed, left } = register(root, plan);
  const lines = [
    ...Object.keys(plan.files).map((file) => `  new      ${file}`),
    ...recorded.map((file) => `  new      ${file}, recorded`),
    ...[...changed.keys()].map((file) => `  changed  ${file}`),
  ];
  if (dryRun) {
    for (const [file, text] of Object.entries(plan.files)) lines.push(`\n--- ${file}\n${text.trimEnd()}`);
    for (const { file, edit } of plan.edits) lines.push(`\n+++ ${file}\n${inWords(edit)}`);
  } else {
    writeAll(root, Object.entries(plan.files));
    for (const [file, text] of changed) write(root, file, text, 'w');
  }
  const head = dryRun ? `${plan.what} would be:` : `${plan.what}:`;
  const byHand = left.map(({ file, edit }) => `\n${file} cannot be edited; add by hand:\n${inWords(edit)}`);
  const next = plan.next.length === 0 ? [] : ['\nNext:', ...plan.next.map((line) => `  ${line}`)];
  return { lines: [head, ...lines, ...byHand, ...next], byHand: left.length > 0 };
}

/** Writes all files or none. */
function writeAll(root: string, files: readonly (readonly [file: string, text: string])[]): void {
  const written: string[] = [];
  try {
    for (const [file, text] of files) {
      write(root, file, text, 'wx');
      written.push(file);
    }
  } catch (error) {
    for (const file of written) rmSync(path.join(root, file));
    const why = errorMessage(error);
    throw new CliError('not-written', `${why}; nothing was written`, EXIT.failed);
  }
}

function register(root: string, { edits }: Plan) {
  const ts = typescriptOf(root);
  const changed = new Map<string, string>();
  const left: Registration[] = [];
  for (const { file, edit } of edits) {
    const before = changed.get(file) ?? textOf(path.join(root, file));
    const after = before === undefined ? undefined : edited(ts, before, edit);
    if (after === undefined) left.push({ file, edit });
    else if (after !== THERE) changed.set(file, after);
    else if (edit.kind === 'entry')
      throw new CliError('exists', `${file} has ${edit.name} already; nothing was written`, EXIT.failed);
  }
  return { changed, left };
}

function textOf(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

function write(root: string, file: string, text: string, flag: 'w' | 'wx'): void {
  const target = path.join(root, file);
  mkdirSync(path.dirname(target), { recursive: true });
  writeFileSync(target, text, { flag });
}

function inWords(edit: Edit): string {
  switch (edit.kind) {
    case 'import':
      return `    import ${edit.all ? `* as ${edit.name}` : `{ ${edit.name} }`} from '${edit.from}';`;
    case 'append':
      return indented(edit.text);
    case 'entry': {
      const { place } = edit;
      const where =
        'constant' in place ? place.constant : [place.call, place.property].filter(Boolean).join(', ');
      return `    in ${where}: ${edit.text}`;
    }
  }
}

function indented(text: string): string {
  return text.trim().replace(/^/gm, '    ');
}
