import type { PayloadCodec } from '@temporalio/common';
import type { Refusal } from '../../contracts/names/sealing';
import { REFUSED_BECAUSE, REFUSED_VALUE, SEALED_BY } from '../../contracts/names/sealing';
import type { KeyFile } from './key-file';
import type { Payload, Place } from './seal';
import { open, seal, WORKFLOW_PURPOSE } from './seal';

/** Thrown for a payload that cannot be decoded, and must not be replaced: the caller tries again. */
export class PayloadRefusedError extends Error {
  override readonly name = 'PayloadRefusedError';
  constructor(
    readonly refusal: Refusal,
    message: string,
  ) {
    super(message);
  }
}

type Context = Parameters<PayloadCodec['decode']>[1];

/**
 * Makes the codec that encrypts Temporal's payloads with AES-256-GCM.
 *
 * A payload that it refuses is replaced by one with the value `{ "sagaline.refused": <why> }`, which workflows ignore
 * in signals and refuse in updates and at their start: a stranger's signal must not fail workflow tasks. Payloads of
 * activities have no such stranger to expect; for them it throws.
 *
 * A payload is bound to its place, as far as the SDK knows it: namespace, workflow id, and the activity, or the workflow
 * itself. The SDK knows neither the run nor the signal.
 *
 * @param parts.namespace of the deployment. A replay does not know it, so that it does not come from the SDK
 * @param parts.plaintext whether payloads that are not encrypted are read, as they have to be while encryption is introduced
 *
 * @example
 * const keys = openKeyFile('/run/secrets/payload-keys');
 * const codec = createPayloadCodec(keys, { namespace: 'default', plaintext: 'refuse' });
 */
export function createPayloadCodec(
  keys: KeyFile,
  { namespace, plaintext }: { readonly namespace: string; readonly plaintext: 'read' | 'refuse' },
): PayloadCodec {
  function decoded(payload: Payload, context: Context): Payload {
    const place = context && placeOf(namespace, context);
    let found = open(payload, keys.current(), place);
    // The key may have been added a moment ago.
    if (found.kind === 'unknown-key') found = open(payload, keys.newest(), place);
    if (found.kind === 'opened') {
      const { payload: opened, keyId } = found;
      return { ...opened, metadata: { ...opened.metadata, [SEALED_BY]: Buffer.from(keyId) } };
    }
    if (found.kind === 'unsealed' && plaintext === 'read') return payload;
    if (found.kind === 'unknown-key' && found.vouched)
      throw new PayloadRefusedError(
        'unknown-key',
        `PAYLOAD_KEYS_FILE lacks the key "${found.keyId}", which another process has; add it`,
      );
    if (context?.type === 'activity') throw new PayloadRefusedError(found.kind, REFUSALS[found.kind]);
    return refused(found.kind);
  }

  return {
    encode: async (payloads, context) => {
      const place = context ? placeOf(namespace, context) : { namespace };
      return Promise.resolve(payloads.map((payload) => seal(payload, keys.current(), place)));
    },
    decode: async (payloads, context) =>
      Promise.resolve(payloads.map((payload) => decoded(payload, context))),
  };
}

function placeOf(namespace: string, context: NonNullable<Context>): Place {
  const { type, workflowId } = context;
  const purpose = type === 'activity' ? `activity:${context.activityId ?? ''}` : WORKFLOW_PURPOSE;
  return { namespace, workflowId, purpose };
}

const REFUSALS: Readonly<Record<Refusal, string>> = {
  unsealed: 'the payload is not encrypted, and PAYLOAD_ENCRYPTION is "require"',
  tampered: 'the payload was changed, or is not encrypted with the key that it names',
  'another-place': 'the payload was encrypted for another namespace, workflow or activity',
  'unknown-key': 'the payload names a key that is not in PAYLOAD_KEYS_FILE; add it if it is yours',
};

function refused(why: Refusal): Payload {
  return {
    metadata: { encoding: Buffer.from('json/plain'), [REFUSED_BECAUSE]: Buffer.from(why) },
    data: Buffer.from(JSON.stringify({ [REFUSED_VALUE]: why })),
  };
}
