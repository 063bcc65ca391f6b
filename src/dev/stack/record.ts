// Records the running processes of a data folder in that folder: a start after a kill reads which processes were left.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { identify, isRunning } from './identity';

const identity = z.object({ pid: z.int().min(2), started: z.string().min(1) });

const note = identity.extend({
  name: z.string().min(1),
  /** When all processes end, lower turns end first, and processes of one turn together. */
  turn: z.int(),
  /** Signal that requests an orderly end. A process without one ends by itself when its starter is gone. */
  stopSignal: z.enum(['SIGTERM', 'SIGINT']).optional(),
  /** While this process runs, the recorded one is not a leftover. */
  startedBy: identity,
});

export type ProcessNote = z.infer<typeof note>;

export type StopSignal = NonNullable<ProcessNote['stopSignal']>;

export interface ProcessRecord {
  /** Writes the process to disk before it returns. Throws errors of the file system. */
  enter(process: Pick<ProcessNote, 'pid' | 'name' | 'turn' | 'stopSignal'>): void;
  /** Removes a process. Call it when the process has ended. */
  strike(pid: number): void;
}

/** The record has a file for each process, named by its pid, so that no process rewrites an entry that another one depends on. */
export function openRecord(dataDir: string): ProcessRecord {
  const folder = folderIn(dataDir);
  mkdirSync(folder, { recursive: true });
  const startedBy = identify(process.pid);
  return {
    enter: (process) => {
      const found = identify(process.pid);
      if (found === undefined) return;
      const entry = { ...process, ...found, startedBy };
      // Renamed when it is whole: a reader finds an entry or none, also when this process is killed meanwhile.
      const unfinished = join(folder, `${process.pid}.unfinished`);
      writeFileSync(unfinished, `${JSON.stringify(entry)}\n`);
      renameSync(unfinished, join(folder, fileOf(process.pid)));
    },
    strike: (pid) => rmSync(join(folder, fileOf(pid)), { force: true }),
  };
}

/** The entries of this run and of earlier ones. Damaged entries are reported and left out. */
export function readRecord(dataDir: string, log: (line: string) => void): ProcessNote[] {
  return noteFiles(dataDir).flatMap((file) => {
    const read = note.safeParse(contentOf(file));
    if (read.success) return [read.data];
    log(
      `${file}, the note of a process that an earlier run started, is damaged: that process is not looked for`,
    );
    return [];
  });
}

/** Whether a process that a stack has started on this folder runs. Changes nothing. */
export function stackRuns(dataDir: string): boolean {
  return existsSync(folderIn(dataDir)) && readRecord(dataDir, () => undefined).some(isRunning);
}

/** Removes all entries, the damaged ones too. */
export function clearRecord(dataDir: string): void {
  for (const file of noteFiles(dataDir)) rmSync(file, { force: true, recursive: true });
}

const NOTE_FILE = /^\d+\.json$/;

function noteFiles(dataDir: string): string[] {
  const folder = folderIn(dataDir);
  mkdirSync(folder, { recursive: true });
  return readdirSync(folder)
    .filter((name) => NOTE_FILE.test(name))
    .map((name) => join(folder, name));
}

function folderIn(dataDir: string): string {
  return join(dataDir, 'run');
}

function fileOf(pid: number): string {
  return `${pid}.json`;
}

function contentOf(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
