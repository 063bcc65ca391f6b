// PostgreSQL refuses to run as root: who runs it then, and what that user can reach.
import { spawnSync } from 'node:child_process';

export interface SystemUser {
  name: string;
  uid: number;
  gid: number;
}

// The user that a system's own PostgreSQL package makes, macOS's name for it, then the one that is nearly everywhere.
const CANDIDATES = ['postgres', '_postgres', 'nobody'];

// The tools asked here live in these folders on every system; our own search path may hold root-only folders.
const SYSTEM_PATH = { PATH: '/usr/bin:/bin:/usr/sbin:/sbin' };

/** True when the process is root, to whom file permissions do not apply and for whom PostgreSQL will not run. */
export function runningAsRoot(): boolean {
  return process.getuid?.() === 0;
}

/** The existing user to run PostgreSQL as when we are root; none is ever created. */
export function findUnprivilegedUser(): SystemUser | undefined {
  for (const name of CANDIDATES) {
    const [uid, gid] = [idOf('-u', name), idOf('-g', name)];
    if (uid !== undefined && gid !== undefined && uid !== 0) return { name, uid, gid };
  }
  return undefined;
}

/** Whether `user` can enter `folder`. The system is asked, as that user: modes alone leave out lists and mounts. */
export function canEnter(folder: string, user: SystemUser): boolean {
  return succeeds('/bin/sh', ['-c', 'cd -- "$1"', 'sh', folder], user);
}

/** Whether `user` can run `binary`, which must end well when asked for its version. */
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
