import { randomBytes } from 'node:crypto';
import { keptFile } from './files';
import type { MakePart } from './part';

/** Of AES-256. */
const KEY_BYTES = 32;

/** Personal fields are stored encrypted, with a key for each data subject: docs/personal-data.md. */
export const personal: MakePart = async ({ folder }) => {
  const keys = await keptFile(folder, 'keys', () => `local:${randomBytes(KEY_BYTES).toString('base64')}\n`);
  return { settings: { PERSONAL_DATA_KEYS_FILE: keys.file } };
};
