import { statSync } from 'node:fs';
import type { Environment } from '../config';
import type { Log } from '../contracts';

/** Files with public keys, certificates or hashes: everybody may read them. */
const PUBLIC = /(_CA|_CERT|^EVENT_SIGNING_KEYS|^API_KEYS)_FILE$/;
const BY_OTHERS = 0o004;

/** Warns of each file with a secret that a setting names and that every user of the machine may read. */
export function warnOfReadableFiles(settings: Environment, log: Log): void {
  for (const [setting, file = ''] of Object.entries(settings)) {
    if (!setting.endsWith('_FILE') || PUBLIC.test(setting) || !isReadable(file)) continue;
    log.warn(
      { setting, file, remedy: `chmod 600 ${file}` },
      'every user of this machine may read a file with a secret',
    );
  }
}

function isReadable(file: string): boolean {
  const found = statSync(file, { throwIfNoEntry: false });
  return found !== undefined && (found.mode & BY_OTHERS) !== 0;
}
