// Installs the npm packages if, and only if, they differ from those of package-lock.json.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import process from 'node:process';
import { adviceFor, Problem } from './problem.mjs';
import { run } from './run.mjs';

/** Whether node_modules has the packages of package-lock.json, for this platform. */
export function packagesAreCurrent(root) {
  const stamp = stampOf(root);
  if (read(stampFile(root)) === stamp) return true;
  if (!npmInstalledTheLock(root)) return false;
  try {
    writeFileSync(stampFile(root), stamp);
  } catch {
    // A node_modules of another user, as in a container image: it can be used, and is compared again next time.
  }
  return true;
}

export async function installPackages(root, step) {
  const { command, args } = npm();
  const first = read(join(root, 'node_modules', '.package-lock.json')) === undefined;
  await step(
    `installing npm packages (${first ? 'first run' : 'package-lock.json changed'}, about a minute)`,
    async () => {
      const { code, output } = await run(command, [...args, 'ci', '--no-audit', '--no-fund'], {
        cwd: root,
        env: environmentForNpm(process.env),
      });
      if (code === undefined) {
        throw new Problem('npm is not on the PATH.', ['Install npm (it comes with Node) and try again.']);
      }
      if (code !== 0) throw new Problem(`\`npm ci\` failed (${code}).`, adviceFor('npm', output), output);
    },
  );
  writeFileSync(stampFile(root), stampOf(root));
}

/**
 * npm passes its own state and the options of the outer command to its scripts. An inner npm would take those for the user's
 * requests: `npm start --prefix elsewhere` would install elsewhere. Registry, proxy and cache stay.
 */
function environmentForNpm(env) {
  const foreign =
    /^(npm_(lifecycle|package)_|npm_(command|execpath|node_execpath)$|INIT_CWD$|npm_config_((local|global)_prefix|prefix|global|location|workspaces?|include_workspace_root|dry_run|package_lock_only|if_present|script_shell|call|package)$)/i;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !foreign.test(name)));
}

function npm() {
  const outer = process.env.npm_execpath ?? '';
  return basename(outer) === 'npm-cli.js'
    ? { command: process.execPath, args: [outer] }
    : { command: 'npm', args: [] };
}

// If you ran `npm install` or `npm ci` by hand, you need not wait a second time: npm writes down what it has installed. With
// `--package-lock-only` it also writes down packages that it has not installed, so the folders are checked, too.
function npmInstalledTheLock(root) {
  const installed = packagesIn(join(root, 'node_modules', '.package-lock.json'));
  const locked = packagesIn(join(root, 'package-lock.json'));
  if (installed === undefined || locked === undefined) return false;
  const production = process.env.NODE_ENV === 'production';
  return Object.entries(locked).every(([path, entry]) => {
    if (path === '') return true;
    const present = installed[path];
    if (present === undefined) return entry.optional === true || (production && entry.dev === true);
    const same = present.version === entry.version && present.integrity === entry.integrity;
    return same && existsSync(join(root, path, 'package.json'));
  });
}

function packagesIn(file) {
  const text = read(file);
  return text === undefined ? undefined : JSON.parse(text).packages;
}

// Some packages contain binaries: a node_modules made on another system (a shared folder, a copied container) does not work.
function stampOf(root) {
  const lock = createHash('sha256')
    .update(read(join(root, 'package-lock.json')) ?? '')
    .digest('hex');
  return `${lock} ${process.platform}-${process.arch}\n`;
}

function stampFile(root) {
  return join(root, 'node_modules', '.sagaline-stamp');
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}
