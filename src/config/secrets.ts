/** Secrets: given in the environment or in a file, read again while the process runs, and masked in logs. */
import { z } from 'zod';
import { rereadFile } from '../files/reread-file';
import type { Environment } from './environment';

/** The ending of the setting that names a file with the secret, instead of the secret itself. */
export const FILE = '_FILE';

/**
 * A setting that is a secret: `NAME_FILE` may name a file with it, and logs do not show it.
 *
 * @example
 * z.object({ PAGER_TOKEN: secret() });
 */
export const secret = () => asSecret(z.string().min(1));

/** Marks a setting of any type as a secret. */
export function asSecret<Setting extends z.ZodType>(setting: Setting): Setting {
  return setting.meta({ secret: true });
}

/** The names of the secrets of a schema. */
export function secretsIn(shape: z.ZodRawShape): string[] {
  return Object.entries(shape).flatMap(([name, setting]) => (isSecret(setting as z.ZodType) ? [name] : []));
}

function isSecret(setting: z.ZodType): boolean {
  if (setting.meta()?.['secret'] === true) return true;
  // `optional` and `default` wrap the setting.
  const { innerType } = setting.def as { readonly innerType?: unknown };
  return innerType instanceof z.ZodType && isSecret(innerType);
}

/** Reads a secret as it is now. */
export type SecretReader = () => string;

/** The secrets of a process, by the name of the setting. */
export interface Secrets {
  /** The environment with the contents of the files, as they were at the start. */
  readonly environment: Environment;
  /** Reads a secret that is used while the process runs: its file may have changed. `undefined` if it is not given. */
  reader(name: string): SecretReader | undefined;
  /** All values that this process has read, for the mask. */
  seen(): ReadonlySet<string>;
}

/**
 * Reads the secrets that are given in files.
 *
 * @param names the settings that are secrets
 * @param problems gets a line for each file that is missing, empty, or given beside the setting itself
 */
export function readSecrets(
  given: Environment,
  {
    names,
    problems,
    now = () => Date.now(),
  }: { names: readonly string[]; problems: string[]; now?: () => number },
): Secrets {
  const seen = new Set<string>();
  const readers = new Map<string, SecretReader>();
  const environment: Record<string, string | undefined> = { ...given };
  for (const name of names) {
    const file = given[name + FILE];
    const value = given[name];
    if (file === undefined) {
      if (value === undefined) continue;
      seen.add(value);
      readers.set(name, () => value);
    } else if (value !== undefined) {
      problems.push(`${name} and ${name}${FILE}: only one of them may be set`);
    } else {
      const reader = readerOf({ setting: name + FILE, file, seen, now, problems });
      if (!reader) continue;
      environment[name] = reader();
      readers.set(name, reader);
    }
  }
  return { environment, reader: (name) => readers.get(name), seen: () => seen };
}

/** While the file is away or empty, as it may be while it is replaced, the last content stays. */
function readerOf(of: {
  readonly setting: string;
  readonly file: string;
  readonly seen: Set<string>;
  readonly now: () => number;
  readonly problems: string[];
}): SecretReader | undefined {
  const { setting, file, seen, now, problems } = of;
  const parse = (text: string): string => {
    const content = withoutLineFeed(text);
    if (content.trim() === '') throw new EmptyFileError();
    seen.add(content);
    return content;
  };
  try {
    const read = rereadFile({ file, parse, now, failed: (_error, before) => before });
    return () => read();
  } catch (error) {
    const { code = 'unreadable' } = error as NodeJS.ErrnoException;
    problems.push(
      error instanceof EmptyFileError
        ? `${setting}: ${file} is empty; put the secret there`
        : `${setting}: ${file} cannot be read (${code}); put the secret there, or set another file`,
    );
    return undefined;
  }
}

class EmptyFileError extends Error {
  override readonly name = 'EmptyFileError';
}

/** Editors and `echo` add one. */
function withoutLineFeed(text: string): string {
  return text.replace(/\r?\n$/, '');
}
