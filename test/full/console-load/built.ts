/** The built project beside its packages, as `npx sagaline run` finds both in an installed one. */
import { execFile } from 'node:child_process';
import { cp, mkdir, symlink } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const ROOT = path.resolve(__dirname, '../../..');
const FILES = ['bin', 'build', 'dist', 'package.json', 'docs/runbooks.md'];

/** `npm run build`, and a copy of what it makes. */
export async function installBuilt(folder: string): Promise<void> {
  await promisify(execFile)('npm', ['run', 'build'], { cwd: ROOT });
  await mkdir(folder, { recursive: true });
  for (const file of FILES) await cp(path.join(ROOT, file), path.join(folder, file), { recursive: true });
  await symlink(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'));
}
