import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TlsOptions } from 'node:tls';
import { parseEnv } from 'node:util';
import type { TemporalSettings } from '../../src/adapters/temporal';
import { readConfig } from '../../src/config';
import { temporalSettings } from '../../src/runtime/settings';
import { testCli } from './cli';
import { removeFolder } from '../../src/files/remove-folder';

/** The folder that `sagaline keys init --temporal` makes for a project, and what its roles read from it. */
export interface TemporalKeys {
  readonly folder: string;
  at(name: string): string;
  /** The settings of a role's process, as they are in its folder; those of NATS are left out. */
  settings(role: string): Promise<Record<string, string>>;
  /** What a role's process makes of its settings. */
  temporal(role: string, changes?: Readonly<Record<string, string>>): Promise<TemporalSettings>;
  /** Runs a verb of `sagaline keys` on the folder. */
  keys(verb: string): Promise<void>;
  /** The files of the server, with client certificates demanded. */
  serverFiles(): Promise<TlsOptions>;
  remove(): Promise<void>;
}

export async function makeTemporalKeys({
  port,
  namespace = 'default',
}: {
  readonly port: number;
  readonly namespace?: string;
}): Promise<TemporalKeys> {
  const parent = await mkdtemp(path.join(tmpdir(), 'sagaline-secured-'));
  const folder = path.join(parent, 'keys');
  const cli = testCli({ TEMPORAL_NAMESPACE: namespace });
  async function keys(...args: string[]): Promise<void> {
    const { code, error } = await cli('keys', ...args);
    if (code !== 0) throw new Error(error);
  }
  const host = '127.0.0.1';
  await keys('init', folder, '--host', host, '--temporal', host, '--temporal-port', String(port));

  const at = (name: string) => path.join(folder, name);
  const settings = async (role: string) => {
    const all = parseEnv(await readFile(at(`${role}/settings.env`), 'utf8')) as Record<string, string>;
    return Object.fromEntries(Object.entries(all).filter(([name]) => name.startsWith('TEMPORAL_')));
  };
  return {
    folder,
    at,
    settings,
    temporal: async (role, changes = {}) =>
      temporalSettings(readConfig({ ...(await settings(role)), ...changes }, { providers: [] }), {}),
    keys: (verb) => keys(verb, folder),
    serverFiles: async () => ({
      cert: await readFile(at('temporal/server.pem')),
      key: await readFile(at('temporal/server-key.pem')),
      ca: await readFile(at('temporal/ca.pem')),
      requestCert: true,
      rejectUnauthorized: true,
    }),
    remove: () => removeFolder(parent),
  };
}
