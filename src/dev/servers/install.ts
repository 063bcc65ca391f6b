import { mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Environment } from './cache';
import { cacheFolder, folderOf, isExecutable, PLATFORM } from './cache';
import type { PinnedProgram } from './pinned';
import { adviceFor, asInstallError, InstallError } from './problem';
import { run } from './run';

/** Runs `work`, and shows the user its title. */
export type Step = (title: string, work: () => Promise<void>) => Promise<void>;

const PARTIAL = '.new-';
/** A download of 60 MB takes seconds to minutes, so a partial folder older than this is from an installation that was killed. */
const ABANDONED_MS = 60 * 60 * 1_000;

/**
 * Installs `servers` into the cache, one after the other. If one fails, those installed before it stay.
 *
 * @throws InstallError
 */
export async function installServers(
  servers: readonly PinnedProgram[],
  env: Environment,
  step: Step,
): Promise<void> {
  const cache = cacheFolder(env);
  for (const server of servers) {
    checkPlatform(server);
    const { title, package: name, version } = server;
    try {
      await step(`installing ${title} (${name} ${version}) into ${cache}`, () =>
        installServer(server, folderOf(server, cache), env),
      );
    } catch (error) {
      throw asInstallError(error, cache);
    }
  }
}

/** Installs a server completely or not at all: it fills a folder beside the target, and renames it. */
async function installServer(server: PinnedProgram, folder: string, env: Environment): Promise<void> {
  const servers = dirname(folder);
  await mkdir(servers, { recursive: true });
  await discardAbandoned(servers);
  const partial = await mkdtemp(join(servers, PARTIAL));
  try {
    const requirements = join(partial, 'requirements.txt');
    const target = join(partial, 'target');
    await writeFile(requirements, requirementOf(server));
    await pipInstall(server, requirements, target, env);
    if (!isExecutable(join(target, 'bin', server.binary))) {
      throw new InstallError(`${server.package} ${server.version} holds no program bin/${server.binary}.`, [
        otherwise(server),
      ]);
    }
    await publish(target, folder, join(folder, 'bin', server.binary));
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

/** Another process may have installed the same server in the meantime: its folder is equivalent, and may be in use. */
async function publish(target: string, folder: string, binary: string): Promise<void> {
  try {
    await rename(target, folder);
  } catch (error) {
    if (isExecutable(binary)) return;
    // The folder exists without its program: a part of the cache has been deleted.
    if (!(await exists(folder))) throw error;
    await rm(folder, { recursive: true, force: true });
    await rename(target, folder);
  }
}

async function discardAbandoned(servers: string): Promise<void> {
  for (const entry of await readdir(servers)) {
    if (!entry.startsWith(PARTIAL)) continue;
    const folder = join(servers, entry);
    const { mtimeMs } = await stat(folder).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs > ABANDONED_MS) await rm(folder, { recursive: true, force: true });
  }
}

async function pipInstall(
  server: PinnedProgram,
  requirements: string,
  target: string,
  given: Environment,
): Promise<void> {
  // The options `--user` and `--require-virtualenv`, if set for this user, conflict with `--target`, which needs neither.
  const env = { ...given, PIP_USER: '0', PIP_REQUIRE_VIRTUALENV: '0' };
  const options = ['--require-hashes', '--no-deps', '--only-binary=:all:', '--target', target];
  const quiet = ['--disable-pip-version-check', '--no-input', '--no-compile', '--progress-bar=off'];
  const pip = (args: readonly string[]) => run('python3', ['-m', 'pip', ...args], env);

  const { code, output } = await pip(['install', ...options, ...quiet, '-r', requirements]);
  if (code === 0) return;
  if (code === undefined) throw missing('python3', 'python3 python3-pip', server);
  if ((await pip(['--version'])).code !== 0) throw missing("Python's pip", 'python3-pip', server);
  throw new InstallError(
    `pip could not install ${server.package} ${server.version}.`,
    [...adviceFor('pip', output), otherwise(server)],
    withoutWarnings(output),
  );
}

function missing(what: string, debianPackages: string, server: PinnedProgram): InstallError {
  return new InstallError(`${what} is not installed; it is needed to install ${server.title}.`, [
    `Debian, Ubuntu: apt-get install ${debianPackages}. Fedora: dnf install python3-pip. macOS: brew install python.`,
    otherwise(server),
  ]);
}

function otherwise({ title, binary, addressSetting }: PinnedProgram): string {
  const address =
    addressSetting === undefined ? '' : `set ${addressSetting} to a ${title} that runs already, or `;
  return `Or do without: ${address}put a program \`${binary}\` on your PATH.`;
}

function checkPlatform(server: PinnedProgram): void {
  if (PLATFORM in server.sha256) return;
  throw new InstallError(
    `there is no pinned ${server.title} for ${PLATFORM}, only for ${Object.keys(server.sha256).join(', ')}.`,
    [...(process.platform === 'win32' ? ['On Windows, run Sagaline inside WSL 2.'] : []), otherwise(server)],
  );
}

/**
 * With the hashes of all platforms: Python's platform may differ from Node's, for example on a Mac that runs one of them under
 * Rosetta translation.
 */
function requirementOf({ package: name, version, sha256 }: PinnedProgram): string {
  const hashes = Object.values(sha256).map((hash) => `--hash=sha256:${hash}`);
  return `${name}==${version} ${hashes.join(' ')}\n`;
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

function withoutWarnings(output: string): string {
  return output.replaceAll(/^WARNING: Running pip as .*\n/gm, '');
}
