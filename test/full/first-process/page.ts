/** What a page tells a reader to do, read from its fenced blocks. A block that nobody could follow is an error. */

export type Block =
  /** Lines for a shell; `fails`: its exit code is not 0. */
  | { readonly kind: 'run'; readonly line: number; readonly script: string; readonly fails: boolean }
  /** A command that goes on in a terminal of its own. */
  | { readonly kind: 'terminal'; readonly line: number; readonly script: string }
  /** Parts of the output of the last command, or of the terminal, each in one line, in this order. */
  | {
      readonly kind: 'output';
      readonly line: number;
      readonly of: 'run' | 'terminal';
      readonly lines: readonly string[];
    }
  /** Lines of one file, the new ones among those that are there; `…` between its parts. */
  | {
      readonly kind: 'edit';
      readonly line: number;
      readonly file: string;
      readonly parts: readonly (readonly string[])[];
    };

/** Thrown for a block that cannot be followed; names its line. */
export class PageError extends Error {
  constructor(
    readonly line: number,
    message: string,
  ) {
    super(`line ${line}: ${message}`);
  }
}

const FENCE = /^(\s*)(`{3,}|~{3,})(.*)$/;
const FILE = /^\/\/ ([\w./-]+)$/;
const LEFT_OUT = '…';

/** @throws PageError for a block that is not of these kinds, is empty, or has nothing to refer to */
export function blocksOf(markdown: string): Block[] {
  const blocks: Block[] = [];
  let open: { readonly line: number; readonly fence: string; readonly info: string } | undefined;
  let lines: string[] = [];
  for (const [index, text] of markdown.split('\n').entries()) {
    const [, indent, fence = '', info = ''] = FENCE.exec(text) ?? [];
    if (open === undefined) {
      if (fence === '') continue;
      if (indent !== '') throw new PageError(index + 1, 'a block is indented');
      open = { line: index + 1, fence, info: info.trim() };
      lines = [];
    } else if (fence.startsWith(open.fence) && info.trim() === '') {
      blocks.push(blockOf(open.line, open.info, lines, blocks));
      open = undefined;
    } else lines.push(text);
  }
  if (open !== undefined) throw new PageError(open.line, 'a block has no end');
  return blocks;
}

function blockOf(line: number, info: string, lines: readonly string[], before: readonly Block[]): Block {
  const filled = lines.filter((text) => text.trim() !== '');
  if (filled.length === 0) throw new PageError(line, 'a block is empty');
  const refersTo = (kind: Block['kind']) => {
    if (!before.some((block) => block.kind === kind))
      throw new PageError(line, `an output comes before its command`);
  };
  switch (info) {
    case 'sh':
    case 'sh fails':
      return { kind: 'run', line, script: lines.join('\n'), fails: info !== 'sh' };
    case 'sh terminal':
      if (before.some(({ kind }) => kind === 'terminal')) throw new PageError(line, 'a second terminal');
      if (filled.length > 1) throw new PageError(line, 'a terminal has one command');
      return { kind: 'terminal', line, script: lines.join('\n') };
    case 'text':
      refersTo('run');
      return { kind: 'output', line, of: 'run', lines: filled };
    case 'text terminal':
      refersTo('terminal');
      return { kind: 'output', line, of: 'terminal', lines: filled };
    case 'ts':
      return editOf(line, filled);
    default:
      throw new PageError(line, `a block of the kind "${info}" cannot be run`);
  }
}

function editOf(line: number, [first = '', ...lines]: readonly string[]): Block {
  const [, file] = FILE.exec(first) ?? [];
  if (file === undefined) throw new PageError(line, 'an edit begins with the path of its file: // path');
  const parts: string[][] = [[]];
  for (const text of lines) {
    if (text.trim() === LEFT_OUT) parts.push([]);
    else parts.at(-1)?.push(text);
  }
  if (parts.some((part) => part.length < 2))
    throw new PageError(line, 'a part of an edit has a line that is there and a new one');
  return { kind: 'edit', line, file, parts };
}
