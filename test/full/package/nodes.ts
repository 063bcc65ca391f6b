import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';

export interface Node {
  readonly version: string;
  /** With the binary `node`, to be the first on the path. `undefined`: the Node of this process is there already. */
  readonly folder: string | undefined;
}

const MAJOR = /^\d{2}$/;
const thisMajor = process.versions.node.split('.')[0] ?? '';

/**
 * A Node of that major version: this one, or one that npm installs into `place`.
 *
 * @throws Error where the version is no number, or npm has none of it for this platform
 */
export function nodeOf(major: string, place: string): Node {
  if (!MAJOR.test(major)) throw new Error(`a major version of Node is needed, such as 22, not "${major}"`);
  if (major === thisMajor) return { version: process.versions.node, folder: undefined };
  const prefix = path.join(place, `node-${major}`);
  mkdirSync(prefix, { recursive: true });
  const name = `node-${process.platform}-${process.arch}`;
  execFileSync('npm', ['install', '--prefix', prefix, '--no-save', `${name}@${major}`], {
    cwd: prefix,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const folder = path.join(prefix, 'node_modules', name, 'bin');
  const version = execFileSync(path.join(folder, 'node'), ['-p', 'process.versions.node'], {
    encoding: 'utf8',
  });
  return { version: version.trim(), folder };
}

export const currentMajor = thisMajor;
