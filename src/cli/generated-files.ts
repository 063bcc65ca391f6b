import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { CliError, EXIT } from './exit';

type Files = ReadonlyMap<string, string>;

/** What a command has written, and removed because it would not be written any more. */
export interface FileChanges {
  readonly written: readonly string[];
  readonly removed: readonly string[];
}

/**
 * Makes the generated files of a folder what they shall be; other files stay.
 *
 * @param found the generated files that are there
 * @param given.check writes nothing, and fails where a file differs; its text says from what, and what to do
 * @throws CliError `code` of `given.check`
 */
export async function updateFiles(
  folder: string,
  { wanted, found }: { readonly wanted: Files; readonly found: Files },
  check?: { readonly code: string; readonly differFrom: string },
): Promise<FileChanges> {
  const written = [...wanted].filter(([file, text]) => found.get(file) !== text).map(([file]) => file);
  const removed = [...found.keys()].filter((file) => !wanted.has(file));
  if (check) {
    const files = [...written, ...removed].sort();
    if (files.length === 0) return { written, removed };
    const message = `these files of ${folder} differ from ${check.differFrom}: ${files.join(', ')}`;
    throw new CliError(check.code, message, EXIT.failed, { files });
  }
  for (const file of written) {
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
    await writeFile(path.join(folder, file), wanted.get(file) ?? '');
  }
  for (const file of removed) await rm(path.join(folder, file));
  return { written, removed };
}
