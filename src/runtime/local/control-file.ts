/** Where a running local stack takes commands. A person who can read the file may give them: it is the owner's alone. */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

const OWNER_ONLY = 0o600;

const address = z.object({ url: z.url(), token: z.string().min(1) });

export type ControlAddress = z.infer<typeof address>;

/** Written beside and renamed: a reader finds all of it or nothing, and never with the permissions of an older file. */
export function writeControlFile(dataDir: string, written: ControlAddress): void {
  const unfinished = `${fileIn(dataDir)}.unfinished`;
  rmSync(unfinished, { force: true });
  writeFileSync(unfinished, JSON.stringify(written), { mode: OWNER_ONLY });
  renameSync(unfinished, fileIn(dataDir));
}

/** `undefined` where no stack has written one, or only half of one. A stack that was killed has left its own. */
export function readControlFile(dataDir: string): ControlAddress | undefined {
  let text: string;
  try {
    text = readFileSync(fileIn(dataDir), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return address.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

export function removeControlFile(dataDir: string): void {
  rmSync(fileIn(dataDir), { force: true });
}

function fileIn(dataDir: string): string {
  return path.resolve(dataDir, 'run', 'control.json');
}
