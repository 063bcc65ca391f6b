/** Secrets: given in the environment or in a file, read again while the process runs, and masked in logs. */
import { readFileSync, statSync } from 'node:fs';
import { z } from 'zod';
import type { Environment } from './environment';

/** The ending of the setting that names a file with the secret, instead of the secret itself. */
export const FILE = '_FILE';
/** How long a content is used before its file is looked at again. */
const LOOK_AGAIN_MS = 1_000;

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
      const first = firstContent(name + FILE, file, problems);
      if (first === undefined) continue;
      environment[name] = first;
      seen.add(first);
      readers.set(name, rereading(file, { first, seen, now }));
    }
  }
  return { environment, reader: (name) => readers.get(name), seen: () => seen };
}

/** Without the line feed that editors and `echo` add. */
function contentOf(file: string): string {
  return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
}

function firstContent(setting: string, file: string, problems: string[]): string | undefined {
  try {
    const content = contentOf(file);
    if (content.trim() !== '') return content;
    problems.push(`${setting}: ${file} is empty; put the secret there`);
  } catch (error) {
    const { code = 'unreadable' } = error as NodeJS.ErrnoException;
    problems.push(`${setting}: ${file} cannot be read (${code}); put the secret there, or set another file`);
  }
  return undefined;
}

/** While the file is away or empty, as it may be while it is replaced, the last content stays. */
function rereading(
  file: string,
  { first, seen, now }: { first: string; seen: Set<string>; now: () => number },
): SecretReader {
  let current = first;
  let lookedAt = now();
  let version = versionOf(file);
  return () => {
    if (now() - lookedAt < LOOK_AGAIN_MS) return current;
    lookedAt = now();
    const found = versionOf(file);
    if (found === undefined || found === version) return current;
    try {
      const content = contentOf(file);
      if (content.trim() !== '') {
        current = content;
        version = found;
        seen.add(current);
      }
    } catch {
      // It was replaced between the two calls: the next look finds it.
    }
    return current;
  };
}

/** Changes with the content: Kubernetes and Docker replace the file, editors write to it. */
function versionOf(file: string): string | undefined {
  try {
    const { ino, size, mtimeMs, ctimeMs } = statSync(file);
    return [ino, size, mtimeMs, ctimeMs].join(':');
  } catch {
    return undefined;
  }
}
