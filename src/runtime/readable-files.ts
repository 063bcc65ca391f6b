import { statSync } from 'node:fs';
import type { Environment } from '../config';
import { ENGINE_SETTINGS } from '../config';
import type { Log } from '../contracts';

/** Files with public keys, certificates or hashes: everybody may read them. */
const PUBLIC = /(_CA|_CERT|^EVENT_SIGNING_KEYS|^API_KEYS)_FILE$/;
const BY_OTHERS = 0o004;
/** Other programs have files in the environment, too. */
const OURS: ReadonlySet<string> = new Set(ENGINE_SETTINGS);

/** Warns of each file with a secret that a setting names and that every user of the machine may read. */
export function warnOfReadableFiles(settings: Environment, log: Log): void {
  for (const [setting, file = ''] of Object.entries(settings)) {
    if (!setting.endsWith('_FILE') || PUBLIC.test(setting)) continue;
    if (!OURS.has(setting) && !setting.startsWith('PROVIDER_')) continue;
    if (!isReadable(file)) continue;
    log.warn(
      { setting, file, remedy: `chmod 600 ${file}` },
      'every user of this machine may read a file with a secret',
    );
  }
}

/** A file that this process cannot see is not read by everybody; the part that needs it reports it as missing. */
function isReadable(file: string): boolean {
  try {
    return (statSync(file).mode & BY_OTHERS) !== 0;
  } catch {
    return false;
  }
}
