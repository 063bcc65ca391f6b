import type { Catalogue } from '../model/catalogue';
import type { Rejection } from '../names/reasons';
import type { Decoding, PublishedMessage } from './decode';
import { decodePublished } from './decode';

/**
 * The header, of HTTP and of NATS, with the signature of an event: a detached JWS over the exact bytes of the body, as
 * open banking has it under the same name. CloudEvents has no attribute for signatures that could be checked before the
 * event is parsed.
 */
export const SIGNATURE_HEADER = 'x-jws-signature';

/** What a signature is checked by, before anything of it is parsed. */
export interface SignedMessage extends Pick<PublishedMessage, 'headers' | 'body'> {
  /** When the stream stored the message; absent for one that has just arrived. */
  readonly storedAt?: Date | undefined;
}

/**
 * What the signature of a message allows. `sourceProblem` tells, once the event is parsed, why its signer may not speak
 * for its source; `undefined` if it may.
 */
export type CheckedSignature =
  | {
      readonly ok: true;
      /** The id of the key of a valid signature; absent if there is none, where faults are only reported. */
      readonly keyId?: string;
      readonly sourceProblem: (source: string) => Rejection | undefined;
    }
  | { readonly ok: false; readonly rejection: Rejection };

/** Checks the signature of a message. It does not reject. */
export type CheckSignature = (message: SignedMessage) => CheckedSignature;

/** Signs a structured CloudEvent; the result is the value of {@link SIGNATURE_HEADER}. */
export type SignEvent = (body: Uint8Array) => Promise<string>;

/**
 * Decodes a published message whose signature was checked. A message that the check has refused is not parsed. Pure.
 *
 * @param signature absent if signatures are not checked
 */
export function decodeSigned(
  message: PublishedMessage,
  catalogue: Catalogue,
  signature: CheckedSignature | undefined,
): Decoding {
  if (signature?.ok === false) return signature;
  const decoding = decodePublished(message, catalogue);
  const rejection = decoding.ok ? signature?.sourceProblem(decoding.event.source) : undefined;
  return rejection ? { ok: false, rejection } : decoding;
}
