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
const NAMESPACE = 'encryption-namespace';
const WORKFLOW_ID = 'encryption-workflow-id';
const PURPOSE = 'encryption-purpose';
const VOUCHERS = 'encryption-key-vouchers';
/** In clear, and authenticated: a changed one does not decrypt. */
const AUTHENTICATED = [
  ...[ENCODING, KEY_ID, ORIGINAL_ENCODING],
  ...[NAMESPACE, WORKFLOW_ID, PURPOSE, VOUCHERS],
] as const;

/** The purpose of all that a workflow sends and receives, except for its activities. */
export const WORKFLOW_PURPOSE = 'workflow';

/** Where a payload belongs: what is not given is nowhere. */
export interface Place {
  readonly namespace: string;
  readonly workflowId?: string | undefined;
  /** {@link WORKFLOW_PURPOSE}, or `activity:<id>`: the input, results and failures of one. */
  readonly purpose?: string | undefined;
}

/** What became of a payload. */
export type Opened =
  | { readonly kind: 'opened'; readonly payload: Payload; readonly keyId: string }
  | { readonly kind: 'unsealed' }
  /** Encrypted with a key that this ring lacks; `vouched`: by an owner of another key of the ring. */
  | { readonly kind: 'unknown-key'; readonly keyId: string; readonly vouched: boolean }
  | { readonly kind: Exclude<Refusal, 'unsealed' | 'unknown-key'> };

/**
 * Encrypts a whole payload, metadata included. Its encoding, the key id and the place are in the metadata in clear.
 *
 * @param place binds the payload to a place: it is opened in no other one
 */
export function seal(payload: Payload, ring: KeyRing, place: Place): Payload {
  const clear: Readonly<Record<string, string | undefined>> = {
    [ENCODING]: ENCRYPTED,
    [KEY_ID]: ring.first.id,
    [ORIGINAL_ENCODING]: textIn(payload, ENCODING) || undefined,
    [NAMESPACE]: place.namespace,
    [WORKFLOW_ID]: place.workflowId,
    [PURPOSE]: place.purpose,
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
 * @param place where the payload was found: one that was encrypted for another place is refused. Without it, a payload
 *   of any place is opened: only to show it to somebody, never to act on it
 */
export function open(payload: Payload, ring: KeyRing, place?: Place): Opened {
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
  if (place && !isSealedFor(payload, place)) return { kind: 'another-place' };
  const { metadata = null, data = null } = opened;
  return { kind: 'opened', payload: { metadata, data }, keyId };
}

/**
 * The server adds the time to the workflow id of a schedule, and hands the result of one run to the next:
 * `<id>-2026-11-29T00:00:00Z`.
 */
const SCHEDULED_AT = /-\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;

function isSealedFor(payload: Payload, { namespace, workflowId = '', purpose = '' }: Place): boolean {
  return (
    textIn(payload, NAMESPACE) === namespace &&
    isSame(textIn(payload, WORKFLOW_ID), workflowId) &&
    textIn(payload, PURPOSE) === purpose
  );
}

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
