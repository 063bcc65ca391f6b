// The lock file that a killed PostgreSQL leaves behind.
import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/**
 * The pid of the PostgreSQL that runs on this data folder now, if one does. PostgreSQL itself ignores the lock file of a dead
 * process, but not one whose pid now belongs to another program of the same user: that file is removed here.
 */
export async function lockHolder(dataFolder: string): Promise<number | undefined> {
  const file = join(dataFolder, 'postmaster.pid');
  const pid = Number((await readFile(file, 'utf8').catch(() => '')).split('\n')[0]);
  if (!(pid > 0)) return undefined;
  if ((await commandLineOf(pid)).includes(dataFolder)) return pid;
  await rm(file, { force: true });
  return undefined;
}

async function commandLineOf(pid: number): Promise<string> {
  if (process.platform === 'linux') return readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  const answer = promisify(execFile)('ps', ['-o', 'command=', '-ww', '-p', String(pid)]);
  return answer.then(({ stdout }) => stdout).catch(() => '');
}
