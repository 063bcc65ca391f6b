import { createHash } from 'node:crypto';

/**
 * `change`: recorded before it is made. `outcome`: what became of a change. `read`: somebody has read data in clear.
 * `request`: a decision that needs another person. `approval`: that person's answer.
 */
export type AuditKind = 'change' | 'outcome' | 'read' | 'request' | 'approval';

/** A record of the audit, as it is stored. */
export interface AuditRecord {
  /** From 1, without gaps. */
  readonly sequence: number;
  /** UTC with microseconds: `2026-01-31T12:00:00.000000Z`. */
  readonly recordedAt: string;
  /** The login role of the connection, which PostgreSQL has authenticated. */
  readonly role: string;
  /** The principal of the token, or the user of the operating system. */
  readonly actor: string;
  /** Whether a token has proved the actor. */
  readonly verified: boolean;
  readonly kind: AuditKind;
  /** What was done: `sagas.decide`. */
  readonly action: string;
  /** What it was done to: a workflow id, `dead-letter 17`. */
  readonly target: string;
  /** A JSON object in its canonical form. */
  readonly details: string;
  /** The change of an outcome, or the request of an approval. */
  readonly refersTo: number | undefined;
  /** Hash of the record before, in hexadecimal; zeros for the first. */
  readonly previousHash: string;
  readonly hash: string;
}

/** The previous hash of the first record. */
export const FIRST_PREVIOUS_HASH = '0'.repeat(64);

/** Names the encoding, so that a later one cannot be mistaken for it. */
const ENCODING = 'sagaline-audit-1';

/**
 * The SHA-256 of a record: over its fields in a fixed order, each as a netstring (`<bytes>:<UTF-8>,`). PostgreSQL makes
 * the same when it stores a record (`sagaline.audit_encoding`).
 */
export function hashOf(record: Omit<AuditRecord, 'hash'>): string {
  const fields = [
    ENCODING,
    record.previousHash,
    String(record.sequence),
    record.recordedAt,
    record.role,
    record.actor,
    String(record.verified),
    record.kind,
    record.action,
    record.target,
    record.details,
    record.refersTo === undefined ? '' : String(record.refersTo),
  ];
  const encoded = fields.map((field) => `${Buffer.byteLength(field)}:${field},`).join('');
  return createHash('sha256').update(encoded).digest('hex');
}

/** A value that JSON can have; a field that is `undefined` is left out. */
export type Json =
  string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json | undefined };

/** JSON without white space and with sorted names, as RFC 8785 has it: the same value has the same text. */
export function canonicalJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value as Readonly<Record<string, Json | undefined>>)
    .filter((field): field is [string, Json] => field[1] !== undefined)
    .sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${fields.map(([name, each]) => `${JSON.stringify(name)}:${canonicalJson(each)}`).join(',')}}`;
}
