import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface DebianPackage {
  /** The folder into which its files are unpacked. */
  readonly root: string;
  /** The folder of its programs. */
  readonly programs: string;
  readonly remove: () => Promise<void>;
}

/** The files of one of Debian's packages, and of others that it needs, in a folder of its own: nothing is installed. */
export async function debianPackage(name: string, ...others: readonly string[]): Promise<DebianPackage> {
  const folder = await mkdtemp(path.join(tmpdir(), `sagaline-${name}-`));
  try {
    await run('apt-get', ['download', name, ...others], { cwd: folder });
    const files = (await readdir(folder)).filter((entry) => entry.endsWith('.deb'));
    if (files.length <= others.length)
      throw new Error(`apt-get has not downloaded ${[name, ...others].join(', ')}`);
    for (const file of files) await run('dpkg', ['--extract', file, '.'], { cwd: folder });
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  return {
    root: folder,
    programs: path.join(folder, 'usr', 'bin'),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
