import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** The owner alone. */
const OWNER = { folder: 0o700, file: 0o600 };
/** As many as production demands of a secret. */
const SECRET_BYTES = 32;

export const randomSecret = () => randomBytes(SECRET_BYTES).toString('base64url');

export async function ownersFolder(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true, mode: OWNER.folder });
  // The mode above holds for a new folder only.
  await chmod(folder, OWNER.folder);
  return folder;
}

/** Replaces the file as a whole: no process reads half of it. */
export async function writeOwners(file: string, content: string): Promise<void> {
  await writeFile(`${file}.next`, content, { mode: OWNER.file });
  await rename(`${file}.next`, file);
}

/** The content of a file of the folder, which is made when it is missing. */
export async function keptFile(
  folder: string,
  name: string,
  make: () => string,
): Promise<{ readonly file: string; readonly content: string }> {
  const file = path.join(folder, name);
  const found = await readFile(file, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  });
  if (found !== undefined) return { file, content: found };
  const content = make();
  await writeOwners(file, content);
  return { file, content };
}

/** A word for a POSIX shell. */
export function quoted(text: string): string {
  return /^[\w./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
