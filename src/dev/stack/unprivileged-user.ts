// PostgreSQL refuses to run as root: finds the user who runs it then, and what that user can reach.
import { spawnSync } from 'node:child_process';

export interface SystemUser {
  name: string;
  uid: number;
  gid: number;
}

// The user that the system's PostgreSQL package creates, then macOS's name for it, then a user that almost every system has.
const CANDIDATES = ['postgres', '_postgres', 'nobody'];

// The tools used here are in these folders on every system; our own search path may contain folders for root only.
const SYSTEM_PATH = { PATH: '/usr/bin:/bin:/usr/sbin:/sbin' };

/** Whether this process is root: file permissions do not apply to root, and PostgreSQL does not run as root. */
export function runningAsRoot(): boolean {
  return process.getuid?.() === 0;
}

/** The existing user to run PostgreSQL as when this process is root; no user is ever created. */
export function findUnprivilegedUser(): SystemUser | undefined {
  for (const name of CANDIDATES) {
    const [uid, gid] = [idOf('-u', name), idOf('-g', name)];
    if (uid !== undefined && gid !== undefined && uid !== 0) return { name, uid, gid };
  }
  return undefined;
}

/**
 * Whether `user` can enter `folder`. Checked by a command that runs as that user: file modes alone leave out access lists and
 * mounts.
 */
export function canEnter(folder: string, user: SystemUser): boolean {
  return succeeds('/bin/sh', ['-c', 'cd -- "$1"', 'sh', folder], user);
}

/** Whether `user` can run `binary`: it must succeed when called for its version. */
export function canRun(binary: string, user: SystemUser): boolean {
  return succeeds(binary, ['--version'], user);
}

function succeeds(command: string, args: string[], { uid, gid }: SystemUser): boolean {
  return spawnSync(command, args, { uid, gid, cwd: '/', env: SYSTEM_PATH, stdio: 'ignore' }).status === 0;
}

function idOf(flag: '-u' | '-g', name: string): number | undefined {
  const answer = spawnSync('id', [flag, name], { env: SYSTEM_PATH, encoding: 'utf8' });
  return answer.status === 0 ? Number(answer.stdout.trim()) : undefined;
}
