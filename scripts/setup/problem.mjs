// Messages of a failed set-up: the problem, what to do about it, and the last lines of the tool's output.

// The cause is at the start or at the end of npm's output.
const FIRST_LINES = 8;
const LAST_LINES = 8;

export class Problem extends Error {
  /** `advice`: one line for each thing to do; `output`: what the failed tool printed. */
  constructor(message, advice, output = '') {
    super(message);
    this.advice = advice;
    this.output = output;
  }

  text() {
    return [
      `setup: ${this.message}`,
      ...this.advice.map((line) => `  - ${line}`),
      ...(this.output.trim() === '' ? [] : ['  What it printed:', ...shortened(this.output)]),
    ].join('\n');
  }
}

function shortened(output) {
  const lines = output.trim().split('\n');
  const cut = lines.length - FIRST_LINES - LAST_LINES;
  const shown =
    cut <= 1 ? lines : [...lines.slice(0, FIRST_LINES), `... ${cut} lines ...`, ...lines.slice(-LAST_LINES)];
  return shown.map((line) => `    | ${line}`);
}

const DISK_ADVICE = {
  EACCES: 'Make the folder writable for this user; files in it may belong to another user or to root.',
  EPERM: 'Make the folder writable for this user; files in it may belong to another user or to root.',
  EROFS: 'The folder is on a read-only file system: copy the project to one that can be written to.',
  ENOSPC: 'The disk is full: the set-up needs about 800 MB.',
};

/** Turns any error into one that the user can act on. */
export function asProblem(error, root) {
  if (error instanceof Problem) return error;
  // Thrown by src/dev/servers, which installs the servers.
  if (error?.name === 'InstallError') return new Problem(error.problem, error.advice, error.output);
  if (error?.code === 'MODULE_NOT_FOUND' && /tsx/.test(error.message)) {
    return new Problem('tsx, a development package, is missing.', [
      'Run `npm ci --include=dev`, and try again.',
    ]);
  }
  const advice = DISK_ADVICE[error?.code];
  if (advice !== undefined)
    return new Problem(`can't write to ${error.path ?? root} (${error.code}).`, [advice]);
  return new Problem(`failed unexpectedly: ${error?.message ?? error}`, ['Please report this.']);
}

// Tools distinguish causes in their text only. The text selects the advice; the output is always shown.
const CAUSES = [
  {
    words: /do not match the hashes|hash(es)? .*mismatch|EINTEGRITY/i,
    advice: (tool) =>
      `${tool} was sent something other than what this project pins: not installed. A mirror or proxy may have changed ` +
      'it; if another source sends the same, please report it.',
  },
  { words: /EACCES|EPERM|Permission denied/i, advice: () => DISK_ADVICE.EACCES },
  { words: /EROFS|Read-only file system/i, advice: () => DISK_ADVICE.EROFS },
  { words: /ENOSPC|No space left/i, advice: () => DISK_ADVICE.ENOSPC },
  {
    words: /can only install packages when|in sync/i,
    advice: () => 'package.json and package-lock.json disagree: run `npm install` once and commit both.',
  },
  {
    words:
      /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|NewConnectionError|ConnectTimeout|Retrying \(|ProxyError|SSLError|CERT|E40\d|network/i,
    advice: (tool) =>
      `${tool} could not download. Check the network; where a proxy or a mirror is needed, set it in ${tool}'s own ` +
      'configuration or environment variables, which are honoured here.',
  },
];

/** Advice for a failure of `tool` (npm), from its output. */
export function adviceFor(tool, output) {
  return CAUSES.filter(({ words }) => words.test(output))
    .slice(0, 1)
    .map(({ advice }) => advice(tool));
}
