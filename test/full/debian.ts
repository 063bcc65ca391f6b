import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface DebianPackage {
  /** The folder of its programs. */
  readonly programs: string;
  readonly remove: () => Promise<void>;
}

/** The files of one of Debian's packages, in a folder of its own: nothing is installed. */
export async function debianPackage(name: string): Promise<DebianPackage> {
  const folder = await mkdtemp(path.join(tmpdir(), `sagaline-${name}-`));
  try {
    await run('apt-get', ['download', name], { cwd: folder });
    const file = (await readdir(folder)).find((entry) => entry.endsWith('.deb'));
    if (file === undefined) throw new Error(`apt-get has downloaded no package ${name}`);
    await run('dpkg', ['--extract', file, '.'], { cwd: folder });
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  return {
    programs: path.join(folder, 'usr', 'bin'),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
