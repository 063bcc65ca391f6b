// Messages of a failed installation: the problem, what to do about it, and the last lines of the tool's output.

/** npm prints the cause first, pip prints it last. */
const FIRST_LINES = 8;
const LAST_LINES = 8;

/** Thrown when a server cannot be installed. */
export class InstallError extends Error {
  override readonly name = 'InstallError';

  constructor(
    readonly problem: string,
    /** One line for each thing to do. */
    readonly advice: readonly string[],
    /** What the failed tool printed. */
    readonly output = '',
  ) {
    super([problem, ...advice.map((line) => `  - ${line}`), ...quoted(output)].join('\n'));
  }
}

function quoted(output: string): string[] {
  if (output.trim() === '') return [];
  const lines = output.trim().split('\n');
  const cut = lines.length - FIRST_LINES - LAST_LINES;
  const shown =
    cut <= 1 ? lines : [...lines.slice(0, FIRST_LINES), `... ${cut} lines ...`, ...lines.slice(-LAST_LINES)];
  return ['  What it printed:', ...shown.map((line) => `    | ${line}`)];
}

const UNWRITABLE =
  'Set SAGALINE_CACHE to a folder that this user can write to, or make this one writable; files in it may belong to root.';
const FULL = 'The disk is full: the servers need about 300 MB.';
const DISK_ADVICE: Readonly<Record<string, string>> = {
  EACCES: UNWRITABLE,
  EPERM: UNWRITABLE,
  EROFS: UNWRITABLE,
  ENOTDIR: 'A file is in the place of a folder: set SAGALINE_CACHE to a folder.',
  EEXIST: 'A file is in the place of a folder: set SAGALINE_CACHE to a folder.',
  ENOSPC: FULL,
};

/** Turns an error of the file system into one that the user can act on; returns any other error unchanged. */
export function asInstallError(error: unknown, cache: string): unknown {
  if (typeof error !== 'object' || error === null || !('code' in error)) return error;
  const advice = DISK_ADVICE[String(error.code)];
  if (advice === undefined) return error;
  const path = 'path' in error ? String(error.path) : cache;
  return new InstallError(`can't write to ${path} (${String(error.code)}).`, [advice]);
}

/** Tools distinguish causes in their text only. The text selects the advice; the output is always shown. */
const CAUSES: readonly { words: RegExp; advice: (tool: string) => string }[] = [
  {
    words: /do not match the hashes|hash(es)? .*mismatch/i,
    advice: (tool) =>
      `${tool} was sent something other than what this version of Sagaline pins: not installed. A mirror or proxy may ` +
      'have changed it; if another source sends the same, please report it.',
  },
  { words: /EACCES|EPERM|EROFS|Permission denied|Read-only file system/i, advice: () => UNWRITABLE },
  { words: /ENOSPC|No space left/i, advice: () => FULL },
  {
    words:
      /NewConnectionError|ConnectTimeout|Retrying \(|ProxyError|SSLError|name resolution|network|Connection (refused|reset)/i,
    advice: (tool) =>
      `${tool} could not download. Check the network; where a proxy or a mirror is needed, set it in ${tool}'s own ` +
      'configuration or environment variables, which are used here.',
  },
  {
    words: /No matching distribution|Could not find a version/i,
    advice: () =>
      'pip found no package for this system. It may be too old: pip 20.3 and, on Linux, glibc 2.28 are needed ' +
      '(`python3 -m pip install --upgrade pip`).',
  },
];

/** Advice for a failure of `tool`, from its output. */
export function adviceFor(tool: string, output: string): string[] {
  return CAUSES.filter(({ words }) => words.test(output))
    .slice(0, 1)
    .map(({ advice }) => advice(tool));
}
