import { randomBytes } from 'node:crypto';
import type { Catalogue } from '../../contracts';
import { workflowIdOf } from '../../contracts';
import { placeOfServer } from '../stack/binaries';
import { LOOPBACK } from '../stack/ports';
import { keptFile, quoted, randomSecret } from './files';
import type { MakePart } from './part';

/** Of AES-256. */
const KEY_BYTES = 32;

/** Temporal stores encrypted payloads, and a codec server decrypts them for people: docs/payload-encryption.md. */
export const payloads: MakePart = async ({ folder, config, catalogue }) => {
  const keys = await keptFile(folder, 'keys', () => `local:${randomBytes(KEY_BYTES).toString('base64')}\n`);
  const tokens = await keptFile(folder, 'codec-tokens', () => `${randomSecret()}\n`);
  const port = config.CODEC_SERVER_PORT;
  const temporal = quoted(placeOfServer('temporal', config.PATH));
  const workflowId = exampleWorkflow(catalogue);
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
      `${temporal} workflow list --address ${config.TEMPORAL_ADDRESS}`,
      // The token is in the environment: arguments of a process are shown to everybody on the machine.
      ...(workflowId === undefined
        ? []
        : [
            `TEMPORAL_CODEC_AUTH="Bearer $(cat ${quoted(tokens.file)})" ${temporal} workflow show ` +
              `--address ${config.TEMPORAL_ADDRESS} --codec-endpoint http://${LOOPBACK}:${port} --workflow-id ${workflowId}`,
          ]),
    ],
  };
};

/** The workflow that the printed request to the first endpoint opens. */
function exampleWorkflow(catalogue: Catalogue): string | undefined {
  const contract = catalogue.endpoints[0]?.event;
  if (contract === undefined) return undefined;
  const [route] = catalogue.routesOf(contract.type);
  return route && workflowIdOf(route.workflow, contract.key(contract.example));
}
