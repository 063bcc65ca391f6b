// Debian's packages that the suite runs as programs of this machine: a Docker engine, and what makes a Debian for the stand-ins.
import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import { promisify } from 'node:util';
import { runningAsRoot } from '../../../src/dev/stack/unprivileged-user';

const run = promisify(execFile);

/** Package → a program of it. */
const PACKAGES = { 'docker.io': '/usr/sbin/dockerd', debootstrap: '/usr/sbin/debootstrap' };

/**
 * Installs what is missing.
 *
 * @throws Error where this user may not: a Docker engine of its own needs root in any case
 */
export async function installDebianTools(say: (line: string) => void): Promise<void> {
  if (!runningAsRoot()) {
    throw new Error(
      'A Docker engine with a data folder of its own runs as root only: run this suite as root.',
    );
  }
  const missing = await missingPackages();
  if (missing.length === 0) return;
  say(`installing ${missing.join(', ')} …`);
  await run('apt-get', ['update', '-q']);
  await run('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...missing]);
  const still = await missingPackages();
  if (still.length > 0) throw new Error(`apt-get has installed no ${still.join(', ')}`);
}

async function missingPackages(): Promise<string[]> {
  const found = await Promise.all(
    Object.entries(PACKAGES).map(([name, program]) =>
      access(program).then(
        () => [],
        () => [name],
      ),
    ),
  );
  return found.flat();
}
