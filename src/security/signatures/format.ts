import { z } from 'zod';

/** The version of the format: a verifier refuses every other one, so that nobody can choose a weaker one. */
export const TYPE = 'sagaline-event.v1';
/** With public keys of the curve Ed25519 only, this names one algorithm. */
export const ALGORITHM = 'EdDSA';
/** What is signed, without `application/` (RFC 7515, section 4.1.10). It decides how the bytes are read. */
export const CONTENT_TYPES = ['cloudevents+json', 'cloudevents-batch+json'] as const;
export type ContentType = (typeof CONTENT_TYPES)[number];

export const KEY_ID = z
  .string()
  .regex(/^[\w.:-]{1,100}$/, 'must be 1 to 100 letters, digits, "_", ".", ":" and "-"');

/**
 * The protected header. The payload is the body as it is, not encoded (RFC 7797). Any other parameter is refused: it
 * would be one that this verifier does not understand.
 */
export const protectedHeader = z.strictObject({
  alg: z.literal(ALGORITHM),
  typ: z.literal(TYPE),
  cty: z.enum(CONTENT_TYPES),
  kid: KEY_ID,
  /** The deployment that the event is for. */
  aud: z.string().min(1),
  /** When it was signed, in seconds since 1970. */
  iat: z.int().min(0),
  b64: z.literal(false),
  crit: z.tuple([z.literal('b64')]),
});

export type ProtectedHeader = z.infer<typeof protectedHeader>;

/** A header that we make has some 350 characters. */
const MAX_CHARACTERS = 1_024;
/**
 * A protected header, no payload, and 64 bytes. The last character of these has four bits that mean nothing: they must
 * be zero, so that a signature can be written in one way only.
 */
const DETACHED = /^([\w-]+)\.\.([\w-]{85}[AQgw])$/;

/** The two parts of a detached JWS, or why it is none. */
export function partsOf(
  text: string,
): { readonly protected: string; readonly signature: string } | 'too-large' | 'malformed' {
  if (text.length > MAX_CHARACTERS) return 'too-large';
  const [, head, signature] = DETACHED.exec(text) ?? [];
  return head === undefined || signature === undefined ? 'malformed' : { protected: head, signature };
}
