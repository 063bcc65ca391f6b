import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { temporal } from '@temporalio/proto';
import type { Refusal } from '../../contracts/names/sealing';
import type { KeyRing } from './key-ring';

export type Payload = temporal.api.common.v1.IPayload;

const { Payload: PayloadMessage } = temporal.api.common.v1;

const CIPHER = 'aes-256-gcm';
/** The length that GCM is made for. Random ones are safe for 2^32 payloads of one key (NIST SP 800-38D, 8.3). */
const IV_BYTES = 12;
const TAG_BYTES = 16;

const ENCODING = 'encoding';
/** The value that Temporal's own examples use. */
const ENCRYPTED = 'binary/encrypted';
const KEY_ID = 'encryption-key-id';
const ORIGINAL_ENCODING = 'encryption-original-encoding';
const WORKFLOW_ID = 'encryption-workflow-id';
const VOUCHERS = 'encryption-key-vouchers';
/** In clear, and authenticated: a changed one does not decrypt. */
const AUTHENTICATED = [ENCODING, KEY_ID, ORIGINAL_ENCODING, WORKFLOW_ID, VOUCHERS] as const;

/** What became of a payload. */
export type Opened =
  | { readonly kind: 'opened'; readonly payload: Payload; readonly keyId: string }
  | { readonly kind: 'unsealed' }
  /** Encrypted with a key that this ring lacks; `vouched`: by an owner of another key of the ring. */
  | { readonly kind: 'unknown-key'; readonly keyId: string; readonly vouched: boolean }
  | { readonly kind: Exclude<Refusal, 'unsealed' | 'unknown-key'> };

/**
 * Encrypts a whole payload, metadata included. Its encoding, the key id and the workflow are in the metadata in clear.
 *
 * @param workflowId binds the payload to a workflow: no other one opens it. Without it, every workflow does
 */
export function seal(payload: Payload, ring: KeyRing, workflowId?: string): Payload {
  const clear: Readonly<Record<string, string | undefined>> = {
    [ENCODING]: ENCRYPTED,
    [KEY_ID]: ring.first.id,
    [ORIGINAL_ENCODING]: textIn(payload, ENCODING) || undefined,
    [WORKFLOW_ID]: workflowId,
    [VOUCHERS]: ring.vouchers || undefined,
  };
  const metadata = Object.fromEntries(
    Object.entries(clear).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Buffer.from(value)]],
    ),
  );
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, ring.first.bytes, iv).setAAD(authenticated({ metadata }));
  const data = [cipher.update(PayloadMessage.encode(payload).finish()), cipher.final()];
  return { metadata, data: Buffer.concat([iv, ...data, cipher.getAuthTag()]) };
}

/**
 * Decrypts a payload.
 *
 * @param workflowId the workflow that has the payload, if it is known: a payload of another one is refused
 */
export function open(payload: Payload, ring: KeyRing, workflowId?: string): Opened {
  if (textIn(payload, ENCODING) !== ENCRYPTED) return { kind: 'unsealed' };
  const keyId = textIn(payload, KEY_ID);
  const key = ring.find(keyId);
  if (!key) return { kind: 'unknown-key', keyId, vouched: ring.vouchesFor(keyId, textIn(payload, VOUCHERS)) };
  const bytes = Buffer.from(payload.data ?? []);
  if (bytes.length < IV_BYTES + TAG_BYTES) return { kind: 'tampered' };
  let opened: Payload;
  try {
    const decipher = createDecipheriv(CIPHER, key.bytes, bytes.subarray(0, IV_BYTES), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(authenticated(payload)).setAuthTag(bytes.subarray(-TAG_BYTES));
    const clear = [decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()];
    opened = PayloadMessage.decode(Buffer.concat(clear));
  } catch {
    return { kind: 'tampered' };
  }
  const sealedFor = textIn(payload, WORKFLOW_ID);
  if (sealedFor !== '' && workflowId !== undefined && !isSame(sealedFor, workflowId))
    return { kind: 'another-workflow' };
  const { metadata = null, data = null } = opened;
  return { kind: 'opened', payload: { metadata, data }, keyId };
}

/**
 * The server adds the time to the workflow id of a schedule, and hands the result of one run to the next:
 * `<id>-2026-11-29T00:00:00Z`.
 */
const SCHEDULED_AT = /-\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;

/** The runs of one schedule count as one workflow. */
function isSame(one: string, other: string): boolean {
  return one.replace(SCHEDULED_AT, '') === other.replace(SCHEDULED_AT, '');
}

/** The additional authenticated data: each field with its length, so that no two payloads have the same. */
function authenticated({ metadata }: Payload): Buffer {
  return Buffer.concat(
    AUTHENTICATED.flatMap((name) => {
      const value = Buffer.from(metadata?.[name] ?? []);
      const length = Buffer.alloc(4);
      length.writeUInt32BE(value.length);
      return [length, value];
    }),
  );
}

function textIn({ metadata }: Payload, name: string): string {
  const value = metadata?.[name];
  return value ? Buffer.from(value).toString('utf8') : '';
}
