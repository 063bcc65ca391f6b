// Begins anew: deletes what earlier runs have left in the data folder, and nothing else that may be there.
import { readdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExternalServers, StackOptions } from './options';
import { ownTemporaryHome } from './postgres-files';

/** A folder that Sagaline fills, and what it puts there. */
interface Place {
  folder: string;
  names: RegExp;
  /** Without this file beside them, files of those names are somebody else's. */
  sign?: string;
}

const POSTGRES = { names: /^(data|data\.new|password)$/, sign: 'password' };

// DATA_DIR may be anybody's home folder with a `logs` of its own: so by name, file by file, never a whole folder.
const PLACES: readonly Place[] = [
  { folder: 'nats', names: /^(nats-server\.conf|jetstream)$/, sign: 'nats-server.conf' },
  { folder: 'temporal', names: /^temporal\.db(-wal|-shm|-journal)?$/ },
  { folder: 'postgres', ...POSTGRES },
  { folder: 'sandbox', names: /^journal\.jsonl$/ },
  {
    folder: 'logs',
    names: /^(nats|temporal|postgres|gateway|bridge|relay|providers|worker)(-[a-z0-9-]+)?\.log(\.1)?$/,
  },
];

/** To be called with the folder locked, and its servers ended. External servers keep everything, and it says so. */
export async function deleteData({ dataDir, external, log }: StackOptions): Promise<void> {
  for (const place of PLACES) await empty({ ...place, folder: join(dataDir, place.folder) });
  const elsewhere = await ownTemporaryHome(join(dataDir, 'postgres'));
  if (elsewhere !== undefined) await empty({ ...POSTGRES, folder: elsewhere });
  log(`deleted what earlier runs have left in ${dataDir}`);
  for (const setting of settingsOf(external)) log(`${setting} is set: what that server holds is not touched`);
}

async function empty({ folder, names, sign }: Place): Promise<void> {
  const found = await readdir(folder).catch((): string[] => []);
  if (sign !== undefined && !found.includes(sign)) return;
  const ours = found.filter((name) => names.test(name));
  // The sign goes last: after a kill in the middle of this, the rest still has it.
  for (const name of ours.filter((name) => name !== sign)) await remove(join(folder, name));
  if (sign !== undefined) await remove(join(folder, sign));
  // Fails when something is left in it, which is not ours.
  await rmdir(folder).catch(() => undefined);
}

function remove(path: string): Promise<void> {
  return rm(path, { recursive: true, force: true });
}

function settingsOf({ natsUrl, temporalAddress, databaseUrl }: ExternalServers): string[] {
  const settings = { NATS_URL: natsUrl, TEMPORAL_ADDRESS: temporalAddress, DATABASE_URL: databaseUrl };
  return Object.entries(settings).flatMap(([setting, given]) => (given === undefined ? [] : [setting]));
}
