import { randomBytes } from 'node:crypto';
import { LOOPBACK } from '../stack/ports';
import { keptFile, quoted, randomSecret } from './files';
import type { MakePart } from './part';

/** Of AES-256. */
const KEY_BYTES = 32;

/** Temporal stores encrypted payloads, and a codec server decrypts them for people: docs/payload-encryption.md. */
export const payloads: MakePart = async ({ folder, config }) => {
  const keys = await keptFile(folder, 'keys', () => `local:${randomBytes(KEY_BYTES).toString('base64')}\n`);
  const tokens = await keptFile(folder, 'codec-tokens', () => `${randomSecret()}\n`);
  const port = config.CODEC_SERVER_PORT;
  return {
    settings: {
      PAYLOAD_KEYS_FILE: keys.file,
      PAYLOAD_ENCRYPTION: 'require',
      CODEC_SERVER_HOST: LOOPBACK,
      CODEC_SERVER_TOKEN_FILE: tokens.file,
      CODEC_SERVER_ORIGINS: new URL(config.TEMPORAL_UI_URL).origin,
    },
    roles: ['codec-server'],
    ports: [{ port, server: 'the codec server', setting: 'CODEC_SERVER_PORT' }],
    lines: [
      `temporal workflow list --address ${config.TEMPORAL_ADDRESS}`,
      `temporal workflow show --address ${config.TEMPORAL_ADDRESS} --codec-endpoint http://${LOOPBACK}:${port} ` +
        `--codec-auth "Bearer $(cat ${quoted(tokens.file)})" --workflow-id <id>`,
    ],
  };
};
