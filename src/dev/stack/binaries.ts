// Where the pinned server binaries are: on the search path, or where `scripts/setup.mjs` installed them.
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';

export type ServerBinary = 'temporal' | 'temporal-test-server' | 'nats-server';

const INSTALLED = resolve(__dirname, '../../../.tools/bin');

/** Thrown when a server's binary is neither on the search path nor installed by the set-up. */
export class ServerNotInstalledError extends Error {
  override readonly name = 'ServerNotInstalledError';

  constructor(
    readonly binary: ServerBinary,
    readonly searched: readonly string[],
  ) {
    const option = binary === 'temporal-test-server' ? ' --tests' : '';
    super(
      `the server \`${binary}\` is not installed. Run \`node scripts/setup.mjs${option}\`, or put a binary of that ` +
        `name on your PATH. Searched: ${searched.join(', ')}.`,
    );
  }
}

/**
 * Absolute path of a server's binary: the first on `searchPath` (the value of PATH), else the pinned one in
 * `.tools/bin`. Throws `ServerNotInstalledError`.
 */
export function findServer(binary: ServerBinary, searchPath: string | undefined): string {
  const folders = [...(searchPath ?? '').split(delimiter).filter((folder) => folder !== ''), INSTALLED];
  const found = folders.map((folder) => resolve(join(folder, binary))).find(isExecutable);
  if (found === undefined) throw new ServerNotInstalledError(binary, folders);
  return found;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
