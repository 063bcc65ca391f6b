import { closeSync, mkdirSync, openSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Ports that were chosen, an empty file each. Between its choice and the start of its server a port looks free to everybody. */
const FOLDER = path.join(tmpdir(), `sagaline-ports-${process.getuid?.() ?? 'own'}`);
/** After this time the server listens, or never will. */
export const RESERVED_MS = 120_000;

/** Reserves a port among all processes of this user. @returns false if another one has reserved it */
export function reserve(port: number): boolean {
  try {
    mkdirSync(FOLDER, { recursive: true });
    closeSync(openSync(reservationFile(port), 'wx'));
    return true;
  } catch (error) {
    // Where no file can be written, a port is as likely to be free as without a reservation.
    return (error as NodeJS.ErrnoException).code !== 'EEXIST';
  }
}

/** Drops the reservations whose time is over. */
export function dropOldReservations(): void {
  const now = Date.now();
  for (const name of names()) {
    const file = path.join(FOLDER, name);
    const made = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? now;
    if (now - made > RESERVED_MS) rmSync(file, { force: true });
  }
}

function names(): string[] {
  try {
    return readdirSync(FOLDER);
  } catch {
    return [];
  }
}

export function reservationFile(port: number): string {
  return path.join(FOLDER, String(port));
}
