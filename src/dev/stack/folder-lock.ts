// Allows one stack for each data folder: otherwise NATS and Temporal would write into another run's files without noticing.
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { access, mkdir, realpath, rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

/** Thrown when another running stack uses the data folder. */
export class FolderInUseError extends Error {
  override readonly name = 'FolderInUseError';

  constructor(readonly folder: string) {
    super(
      `the data folder ${folder} is in use by another Sagaline on this machine. Stop that one, or set DATA_DIR to ` +
        'another folder.',
    );
  }
}

/** Thrown when the data folder cannot be created or written to. */
export class FolderUnusableError extends Error {
  override readonly name = 'FolderUnusableError';

  constructor(
    readonly folder: string,
    cause: unknown,
  ) {
    super(
      `the data folder ${folder} cannot be written to. Make it writable for this user, or set DATA_DIR to ` +
        'another folder.',
      { cause },
    );
  }
}

export interface FolderLock {
  release(): Promise<void>;
}

/**
 * Locks `folder`, which it creates if it is missing, until `release` or the end of this process, however it ends. Throws
 * `FolderInUseError` and `FolderUnusableError`.
 *
 * The lock is a socket, which closes with its holder. Not proper-lockfile: it judges by the age of a file, so it refuses a folder
 * for 2 s after a kill, and gives away the folder of a process that was suspended for 3 s.
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  await makeFolder(folder);
  const digest = createHash('sha256')
    .update(await realpath(folder))
    .digest('hex')
    .slice(0, 12);
  const server = await (process.platform === 'linux' ? listen(`\0sagaline-${digest}`) : lockFile(digest));
  if (server === undefined) throw new FolderInUseError(folder);
  server.unref();
  return { release: () => new Promise((resolve) => server.close(() => resolve())) };
}

/** Throws `FolderUnusableError`, also when the folder exists but this user may not write to it. */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw new FolderUnusableError(folder, cause);
  }
}

/**
 * Linux frees the name of an abstract socket when its holder ends. On other systems a socket is a file that outlives a killed
 * holder, and is removed when no process answers on it: if two stacks start in the same millisecond after a kill, both may get
 * the folder.
 */
async function lockFile(digest: string): Promise<Server | undefined> {
  // In the temporary folder, because the path of a socket is limited to about a hundred characters.
  const file = join(tmpdir(), `sagaline-${userInfo().uid}-${digest}.lock`);
  const server = await listen(file);
  if (server !== undefined || (await answers(file))) return server;
  await rm(file, { force: true });
  return listen(file);
}

function listen(address: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((question) => question.destroy());
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    server.listen(address, () => resolve(server));
  });
}

function answers(socketFile: string): Promise<boolean> {
  return new Promise((resolve) => {
    const question = connect(socketFile);
    question.once('connect', () => {
      question.destroy();
      resolve(true);
    });
    question.once('error', () => resolve(false));
  });
}
