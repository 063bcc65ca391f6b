import { chmod, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { NATS_ROLES } from '../adapters/nats';
import type { Certified } from './certificates';
import { temporalRecord } from './temporal/record';

/** Keys are read by their owner only. */
const SECRET = { folder: 0o700, file: 0o600 };
const RECORD = 'keys.json';

const record = z.object({
  hosts: z.array(z.string()).min(1),
  port: z.int(),
  /** The users' public keys, the newest first. */
  users: z.record(z.enum(NATS_ROLES), z.array(z.string()).min(1)),
  /** Absent if the folder was made without `--temporal`. */
  temporal: temporalRecord.optional(),
});
/** What must be known to write the rest of the folder again. It has no secrets. */
export type KeysRecord = z.infer<typeof record>;

/** Thrown for a folder, or a key in it, that cannot be used, with what to do. */
export class KeysFolderError extends Error {
  override readonly name = 'KeysFolderError';
  constructor(
    readonly code: 'no-keys' | 'not-empty' | 'key-exists' | 'unknown-key',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The folder of `sagaline keys`. Every file is replaced as a whole, so that no reader sees half of one. */
export interface KeysFolder {
  readonly root: string;
  read(): Promise<KeysRecord>;
  /** The content of one of its files. */
  text(name: string): Promise<string>;
  authority(): Promise<Certified>;
  write(name: string, content: string): Promise<void>;
  writeRecord(content: KeysRecord): Promise<void>;
}

export function keysFolder(given: string): KeysFolder {
  const root = path.resolve(given);
  const text = (name: string) => readFile(path.join(root, name), 'utf8');

  async function write(name: string, content: string): Promise<void> {
    const file = path.join(root, name);
    await mkdir(path.dirname(file), { recursive: true, mode: SECRET.folder });
    // The mode above holds for a new folder only.
    await chmod(root, SECRET.folder);
    const next = `${file}.next`;
    await rm(next, { force: true });
    // Exclusive: a link that somebody puts there meanwhile is not followed.
    await writeFile(next, content, { mode: SECRET.file, flag: 'wx' });
    await rename(next, file);
  }

  return {
    root,
    read: async () => {
      try {
        return record.parse(JSON.parse(await text(RECORD)));
      } catch (cause) {
        const message = `${root} has no ${RECORD} that can be read: "sagaline keys init" makes it`;
        throw new KeysFolderError('no-keys', message, { cause });
      }
    },
    authority: async () => ({ certificate: await text('ca.pem'), key: await text('ca-key.pem') }),
    text,
    write,
    writeRecord: (content) => write(RECORD, `${JSON.stringify(content, null, 2)}\n`),
  };
}

/** Refuses a folder with something in it: the keys of a running deployment must not be lost by a typing error. */
export async function assertEmpty({ root }: KeysFolder): Promise<void> {
  const content = await readdir(root).catch(() => []);
  if (content.length === 0) return;
  const remedy = 'name an empty folder; "sagaline keys rotate" renews keys';
  throw new KeysFolderError('not-empty', `${root} is not empty: ${remedy}`);
}

export async function writePair(
  folder: KeysFolder,
  name: string,
  { certificate, key }: Certified,
): Promise<void> {
  await folder.write(`${name}-key.pem`, key);
  await folder.write(`${name}.pem`, certificate);
}

/** The text of a file that a shell and `docker compose` read as environment. */
export function settingsFile(settings: Readonly<Record<string, string>>): string {
  return `${Object.entries(settings)
    .map(([name, value]) => `${name}=${value}`)
    .join('\n')}\n`;
}
