import { errorMessage } from '../../contracts';
import { readSettingFile } from '../../files/setting-file';
import type { Credential } from '../checks/expiry';

/** A file of the configuration that holds credentials. */
interface CredentialFile {
  readonly setting: string;
  readonly file: string | undefined;
  /** What is in it, for messages. */
  readonly what: string;
  readonly remedy: string;
}

/** Reads a file, and makes credentials of its content; a file that cannot be used is one, too. */
export function credentialsIn(
  { setting, file, what, remedy }: CredentialFile,
  read: (content: string, where: string) => readonly Credential[],
): readonly Credential[] {
  if (file === undefined) return [];
  const where = `${setting} ${file}`;
  try {
    return read(readSettingFile(file).toString(), where);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const unusable =
      code === undefined ? `cannot be used: ${errorMessage(error)}` : `cannot be read (${code})`;
    return [{ where, what, expires: undefined, unusable, remedy }];
  }
}
