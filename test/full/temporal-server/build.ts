// Temporal's server, its schema tool and its UI, built from the Go module proxy: the programs that compose runs as images.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { environment } from '../../../src/config';
import { cacheFolder } from '../../../src/dev/servers';

export const SERVER_VERSION = '1.32.0';
/** The latest that builds with the Go which the server asks for; its module carries the built pages. */
export const UI_VERSION = '2.55.0';

export interface Binaries {
  readonly server: string;
  readonly sqlTool: string;
  readonly ui: string;
}

const TOOLS = cacheFolder(environment());

/** Thrown when the programs cannot be built; the message says what to do about it. */
export class BuildError extends Error {
  override readonly name = 'BuildError';
}

/** Builds what is not in the cache of the servers yet: the first time about ten minutes on two cores, then nothing. */
export async function buildBinaries(log: (line: string) => void): Promise<Binaries> {
  const server = await buildServer(log);
  const ui = await build(log, `temporal-ui-${UI_VERSION}`, [
    `github.com/temporalio/ui-server/v2/cmd/server@v${UI_VERSION}`,
  ]);
  return {
    ...server,
    ui: path.join(ui, 'server'),
  };
}

/** The server and its schema tool alone. */
export async function buildServer(log: (line: string) => void): Promise<Omit<Binaries, 'ui'>> {
  const server = await build(log, `temporal-server-${SERVER_VERSION}`, [
    `go.temporal.io/server/cmd/server@v${SERVER_VERSION}`,
    `go.temporal.io/server/cmd/tools/sql@v${SERVER_VERSION}`,
  ]);
  return { server: path.join(server, 'server'), sqlTool: path.join(server, 'sql') };
}

/** Into a folder beside the final one, which is renamed at the end: an interrupted build leaves nothing half done. */
async function build(
  log: (line: string) => void,
  name: string,
  packages: readonly string[],
): Promise<string> {
  const folder = path.join(TOOLS, name);
  if (await exists(folder)) return folder;
  const partial = `${folder}.partial`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  for (const program of packages) {
    log(`building ${program} …`);
    const since = Date.now();
    await goInstall(program, partial);
    log(`built in ${Math.round((Date.now() - since) / 1_000)} s`);
  }
  await rename(partial, folder);
  return folder;
}

/** A compiler takes up to half a GiB: with more of them at once, a machine with many cores and little memory gives up. */
const COMPILERS = '2';

async function goInstall(program: string, folder: string): Promise<void> {
  const go = spawn('go', ['install', '-p', COMPILERS, program], {
    env: { ...environment(), GOBIN: folder },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const [code] = (await once(go, 'exit').catch((error: unknown) => {
    const { code: reason } = error as NodeJS.ErrnoException;
    throw reason === 'ENOENT'
      ? new BuildError('`go` is not on PATH. Install Go 1.26.8 or newer (https://go.dev/dl) and try again.')
      : error;
  })) as [number | null];
  if (code !== 0) throw new BuildError(`\`go install ${program}\` failed: its own message is above.`);
}

function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
