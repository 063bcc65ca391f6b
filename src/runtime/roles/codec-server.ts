import { codecServerMetrics } from '../../adapters/prometheus';
import { InvalidConfigError } from '../../config';
import { createCodecServer, openKeyFile, openTokenFile } from '../../security/codec';
import { listening } from '../listening';
import type { Role } from '../role';

/** Decrypts payloads for the Temporal UI and CLI, for those who have a token. */
export const codecServer: Role = async ({ config, registry, log }) => {
  const { PAYLOAD_KEYS_FILE: keys, CODEC_SERVER_TOKEN_FILE: tokens } = config;
  const encodeTokens = config.CODEC_SERVER_ENCODE_TOKEN_FILE;
  if (keys === undefined || tokens === undefined) {
    const missing = { PAYLOAD_KEYS_FILE: keys, CODEC_SERVER_TOKEN_FILE: tokens };
    throw new InvalidConfigError(
      Object.entries(missing).flatMap(([name, value]) => (value === undefined ? [`${name} is missing`] : [])),
    );
  }
  const app = createCodecServer({
    keys: openKeyFile(keys, {
      unreadable: (why) => log.warn({ why }, 'the file of the payload keys is wrong; the last keys stay'),
    }),
    mayDecode: openTokenFile(tokens, 'CODEC_SERVER_TOKEN_FILE'),
    mayEncode:
      encodeTokens === undefined ? undefined : openTokenFile(encodeTokens, 'CODEC_SERVER_ENCODE_TOKEN_FILE'),
    origins: config.CODEC_SERVER_ORIGINS,
    count: codecServerMetrics(registry),
  });
  const address = await listening(
    'CODEC_SERVER_PORT',
    { host: config.CODEC_SERVER_HOST, port: config.CODEC_SERVER_PORT },
    (at) => app.listen(at),
  );
  log.info({ address }, 'the codec server listens');
  return { checks: {}, stop: () => app.close() };
};
