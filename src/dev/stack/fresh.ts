// Deletes the data that earlier runs have left in the data folder, and no other files.
import { readdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExternalServers, StackOptions } from './options';
import { ownTemporaryHome } from './postgres-files';

/** A folder that Sagaline fills, and the names of its entries there. */
interface Place {
  folder: string;
  names: RegExp;
  /** A file of ours. If it is missing, entries with the same names belong to something else. */
  sign?: string;
}

const POSTGRES = { names: /^(data|data\.new|data\.password|password)$/, sign: 'password' };

// DATA_DIR may be any home folder with a `logs` of its own, so entries are deleted by name, and never a whole folder.
const PLACES: readonly Place[] = [
  { folder: 'nats', names: /^(nats-server\.conf|jetstream)$/, sign: 'nats-server.conf' },
  { folder: 'temporal', names: /^temporal\.db(-wal|-shm|-journal)?$/ },
  { folder: 'postgres', ...POSTGRES },
  { folder: 'sandbox', names: /^journal\.jsonl$/ },
  {
    folder: 'logs',
    names:
      /^(nats|temporal|postgres|gateway|bridge|subscriber|relay|providers|console|codec-server|worker)(-[a-z0-9-]+)?\.log(\.1)?$/,
  },
];

/**
 * Deletes the data. Call it with the folder locked, after its servers have ended. External servers keep their data, which it
 * reports.
 */
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
  // The sign goes last: after a kill in the middle of this, the remaining entries still have it.
  for (const name of ours.filter((name) => name !== sign)) await remove(join(folder, name));
  if (sign !== undefined) await remove(join(folder, sign));
  // Fails when the folder still has entries, which are not ours.
  await rmdir(folder).catch(() => undefined);
}

function remove(path: string): Promise<void> {
  return rm(path, { recursive: true, force: true });
}

function settingsOf({ natsUrl, temporalAddress, databaseUrl }: ExternalServers): string[] {
  const settings = { NATS_URL: natsUrl, TEMPORAL_ADDRESS: temporalAddress, DATABASE_URL: databaseUrl };
  return Object.entries(settings).flatMap(([setting, given]) => (given === undefined ? [] : [setting]));
}
