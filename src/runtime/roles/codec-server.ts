import { connectDatabase, databaseIsUp } from '../../adapters/postgres';
import { codecServerMetrics } from '../../adapters/prometheus';
import { InvalidConfigError } from '../../config';
import { appendAuditRecord } from '../../security/audit';
import { createCodecServer, openKeyFile, openTokenFile, recordUses } from '../../security/codec';
import { listening } from '../listening';
import type { Role } from '../role';
import { databaseAddress } from '../settings';

const NAME = 'codec-server';
/** One for the audit, which takes one record after the other. */
const POOL_SIZE = 1;

/** Decrypts payloads for the Temporal UI and CLI, for those who have a token; each reading is on record. */
export const codecServer: Role = async ({ config, registry, log }) => {
  const { PAYLOAD_KEYS_FILE: keys, CODEC_SERVER_TOKEN_FILE: tokens } = config;
  const encodeTokens = config.CODEC_SERVER_ENCODE_TOKEN_FILE;
  if (keys === undefined || tokens === undefined) {
    const missing = { PAYLOAD_KEYS_FILE: keys, CODEC_SERVER_TOKEN_FILE: tokens };
    throw new InvalidConfigError(
      Object.entries(missing).flatMap(([name, value]) => (value === undefined ? [`${name} is missing`] : [])),
    );
  }
  const database = connectDatabase({ url: databaseAddress(config), poolSize: POOL_SIZE, name: NAME, log });
  const uses = recordUses(({ owner: actor, action, workflowId, requests, payloads }) =>
    appendAuditRecord(database, {
      ...{ actor, verified: true, kind: 'read', action, target: config.TEMPORAL_NAMESPACE },
      details: { requests, payloads, ...(workflowId !== undefined && { workflowId }) },
    }).catch((error: unknown) => {
      log.error({ err: error }, 'the audit cannot be written: the codec server answers nothing');
      throw error;
    }),
  );
  const app = createCodecServer({
    namespace: config.TEMPORAL_NAMESPACE,
    keys: openKeyFile(keys, {
      unreadable: (why) => log.warn({ why }, 'the file of the payload keys is wrong; the last keys stay'),
    }),
    mayDecode: openTokenFile(tokens, 'CODEC_SERVER_TOKEN_FILE'),
    mayEncode:
      encodeTokens === undefined ? undefined : openTokenFile(encodeTokens, 'CODEC_SERVER_ENCODE_TOKEN_FILE'),
    record: (use) => uses.record(use),
    origins: config.CODEC_SERVER_ORIGINS,
    count: codecServerMetrics(registry),
  });
  const address = await listening(
    'CODEC_SERVER_PORT',
    { host: config.CODEC_SERVER_HOST, port: config.CODEC_SERVER_PORT },
    (at) => app.listen(at),
  );
  log.info({ address }, 'the codec server listens');
  return {
    checks: { postgres: () => databaseIsUp(database) },
    stop: async () => {
      await app.close();
      // The failure is logged; the process ends anyway.
      await uses.flush().catch(() => undefined);
      await database.end();
    },
  };
};
