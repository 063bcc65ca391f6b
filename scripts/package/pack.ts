// Packs the package as `npm pack` does, in another folder, so that the repository contains nothing new that a test could load.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';

/** Files that `npm pack` reads and builds from, beside the package's `files`. */
const MADE_FROM = ['package.json', 'LICENSE', 'README.md', 'tsconfig.json', 'tsconfig.build.json', 'scripts'];

export interface Packed {
  readonly tarball: string;
  /** The folder in which it was built: the package's files with `dist`. */
  readonly built: string;
  readonly bytes: number;
  readonly unpackedBytes: number;
  /** Paths in the package. */
  readonly files: readonly string[];
}

/** @param place an empty folder, for the tarball and the files that it is made from */
export function pack(root: string, place: string): Packed {
  const copy = path.join(place, 'repository');
  mkdirSync(copy);
  const { files } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { files: string[] };
  for (const name of new Set([...MADE_FROM, ...files])) {
    const source = path.join(root, name);
    // `dist` is built in the copy.
    if (name !== 'dist' && existsSync(source)) cpSync(source, path.join(copy, name), { recursive: true });
  }
  symlinkSync(path.join(root, 'node_modules'), path.join(copy, 'node_modules'));
  const told = execFileSync(
    'npm',
    ['pack', '--json', '--foreground-scripts=false', '--pack-destination', place],
    {
      cwd: copy,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const [packed] = JSON.parse(told) as {
    filename: string;
    size: number;
    unpackedSize: number;
    files: { path: string }[];
  }[];
  if (packed === undefined) throw new Error(`npm pack has told nothing: ${told}`);
  return {
    tarball: path.join(place, packed.filename),
    built: copy,
    bytes: packed.size,
    unpackedBytes: packed.unpackedSize,
    files: packed.files.map((file) => file.path),
  };
}
