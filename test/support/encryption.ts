import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Payload, PayloadCodec } from '@temporalio/common';
import { METADATA_ENCODING_KEY } from '@temporalio/common';
import { temporal } from '@temporalio/proto';

const ENCODING = 'binary/encrypted';
const IV_BYTES = 12;
const TAG_BYTES = 16;
const { Payload: PayloadMessage } = temporal.api.common.v1;

/** Encrypts whole payloads with AES-256-GCM; a payload that is not encrypted is read unchanged. */
export function createEncryption(key: Buffer): PayloadCodec & { readonly encrypted: () => number } {
  let encrypted = 0;
  return {
    encrypted: () => encrypted,
    encode: (payloads) => {
      encrypted += payloads.length;
      return Promise.resolve(payloads.map((payload) => sealed(payload, key)));
    },
    decode: (payloads) => Promise.resolve(payloads.map((payload) => opened(payload, key))),
  };
}

function sealed(payload: Payload, key: Buffer): Payload {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  const data = [cipher.update(PayloadMessage.encode(payload).finish()), cipher.final()];
  return {
    metadata: { [METADATA_ENCODING_KEY]: Buffer.from(ENCODING) },
    data: Buffer.concat([iv, ...data, cipher.getAuthTag()]),
  };
}

function opened(payload: Payload, key: Buffer): Payload {
  const encoding = payload.metadata?.[METADATA_ENCODING_KEY];
  if (!encoding || Buffer.from(encoding).toString() !== ENCODING) return payload;
  const bytes = Buffer.from(payload.data ?? []);
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV_BYTES));
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  const plain = [decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()];
  return PayloadMessage.decode(Buffer.concat(plain));
}
