import type { PayloadCodec } from '@temporalio/common';
import type { DatabaseAddress } from '../adapters/postgres';
import type { TemporalSettings } from '../adapters/temporal';
import type { Config } from '../config';
import type { Log } from '../contracts';
// Not by its index, which loads the codec server with Fastify.
import { openKeyFile } from '../security/codec/key-file';
import { createPayloadCodec } from '../security/codec/payload-codec';
import type { App } from './app';
import { FAILURE_CONVERTER } from './workflows/bundle';

/** The address of the database, read again for each connection if it is in a file: passwords rotate without a restart. */
export function databaseAddress(config: Config): DatabaseAddress {
  return config.secrets.reader('DATABASE_URL') ?? config.DATABASE_URL;
}

/** The same without a pooler, for locks and notifications. */
export function directAddress(config: Config): DatabaseAddress {
  return config.secrets.reader('DATABASE_DIRECT_URL') ?? databaseAddress(config);
}

/**
 * How a process reaches Temporal. The project's codecs encode first; the engine's own encrypts what they have made.
 *
 * @param log is told when the file of the keys becomes wrong
 */
export function temporalSettings(
  config: Config,
  { payloadCodecs = [] }: Pick<App, 'payloadCodecs'>,
  log?: Log,
): TemporalSettings {
  const encryption = encryptionOf(config, log);
  return {
    address: config.TEMPORAL_ADDRESS,
    namespace: config.TEMPORAL_NAMESPACE,
    payloadCodecs: [...payloadCodecs, ...encryption],
    failureConverterPath: encryption.length > 0 ? FAILURE_CONVERTER : undefined,
    apiKey: config.secrets.reader('TEMPORAL_API_KEY'),
    tls: config.temporalTls,
  };
}

function encryptionOf(config: Config, log?: Log): PayloadCodec[] {
  const { PAYLOAD_KEYS_FILE: file, PAYLOAD_ENCRYPTION, TEMPORAL_NAMESPACE: namespace } = config;
  if (file === undefined) return [];
  const keys = openKeyFile(file, {
    unreadable: (why) => log?.warn({ why }, 'the file of the payload keys is wrong; the last keys stay'),
  });
  const plaintext = PAYLOAD_ENCRYPTION === 'require' ? 'refuse' : 'read';
  return [createPayloadCodec(keys, { namespace, plaintext })];
}
