import { accessSync, constants, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import type { PinnedProgram, ServerBinary } from './pinned';
import { PINNED } from './pinned';

export type Environment = Readonly<Record<string, string | undefined>>;

export const PLATFORM = `${process.platform}-${process.arch}`;

/** `SAGALINE_CACHE`, else `sagaline` in `XDG_CACHE_HOME` or in `~/.cache`: shared by all projects of a user. */
export function cacheFolder(env: Environment): string {
  if (env['SAGALINE_CACHE']) return resolve(env['SAGALINE_CACHE']);
  if (env['XDG_CACHE_HOME']) return join(env['XDG_CACHE_HOME'], 'sagaline');
  return join(homedir(), '.cache', 'sagaline');
}

/** Each version and platform has a folder of its own, so that projects with other versions of Sagaline share the cache. */
export function folderOf({ package: name, version }: PinnedProgram, cache: string): string {
  return join(cache, 'servers', `${name}-${version}-${PLATFORM}`);
}

/** Path of the program in the cache, whether it is there or not. */
export function programIn(program: PinnedProgram, cache: string): string {
  return join(folderOf(program, cache), 'bin', program.binary);
}

/** The same for a server. */
export function cachedBinary(binary: ServerBinary, cache: string): string {
  const server = PINNED.find((each) => each.binary === binary);
  if (server === undefined) throw new Error(`the server ${binary} is not pinned`);
  return programIn(server, cache);
}

/** Path of the first program with this name in the folders of `PATH`. */
export function onPath(binary: string, searchPath: string | undefined): string | undefined {
  const folders = (searchPath ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => resolve(folder, binary)).find(isExecutable);
}

export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    const stats = statSync(path);
    return stats.isFile() && stats.size > 0;
  } catch {
    return false;
  }
}
