// Programs that are built from the Go module proxy, once: the next run finds them in the cache of the servers.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { environment } from '../src/config';
import { cacheFolder } from '../src/dev/servers';

const TOOLS = cacheFolder(environment());

/** Thrown when a program cannot be built; the message says what to do about it. */
export class BuildError extends Error {
  override readonly name = 'BuildError';
}

/** A compiler takes up to half a GiB: with more of them at once, a machine with many cores and little memory gives up. */
const COMPILERS = '2';

/**
 * Fills a folder of the cache, if it is not there. It is made beside the final one and renamed at the end: an interrupted build leaves
 * nothing half done.
 *
 * @returns the folder
 */
export async function cached(name: string, fill: (folder: string) => Promise<void>): Promise<string> {
  const folder = path.join(TOOLS, name);
  if (await exists(folder)) return folder;
  const partial = `${folder}.partial`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  await fill(partial);
  await rename(partial, folder);
  return folder;
}

/** Installs a program, such as `sigs.k8s.io/kustomize/kustomize/v5@v5.8.2`, into a folder. */
export async function goInstall(program: string, folder: string, log: (line: string) => void): Promise<void> {
  log(`building ${program} …`);
  const since = Date.now();
  await go(['install', '-p', COMPILERS, program], { env: { GOBIN: folder } });
  log(`built in ${Math.round((Date.now() - since) / 1_000)} s`);
}

/**
 * Runs `go`.
 *
 * @returns its standard output
 */
export async function go(
  args: readonly string[],
  { cwd, env = {} }: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<string> {
  const child = spawn('go', args, {
    cwd,
    env: { ...environment(), ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(child, 'exit').catch((error: unknown) => {
    const { code: reason } = error as NodeJS.ErrnoException;
    throw reason === 'ENOENT'
      ? new BuildError('`go` is not on PATH. Install Go 1.26.8 or newer (https://go.dev/dl) and try again.')
      : error;
  })) as [number | null];
  if (code !== 0) throw new BuildError(`\`go ${args.join(' ')}\` failed: its own message is above.`);
  return output;
}

function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
