/** The form of a personal field that is encrypted. Workflows load this: no zod, no Node modules. */

declare const clearText: unique symbol;

/** A personal field in its encrypted form. Only `open` of the pool's parts makes clear text of it. */
export type Sealed<Clear> = string & { readonly [clearText]: Clear };

/** A personal field, as processes get it: encrypted, or in clear where the project has no keys. */
export type Personal<Clear> = Clear | Sealed<Clear>;

/** The parts of a sealed value. */
export interface SealedParts {
  /** Id of the data key. It says nothing about the data subject. */
  readonly keyId: string;
  /** Hash of key id and data subject: a value that was copied to another data subject is recognised without a key. */
  readonly subjectTag: string;
  /** Nonce, cipher text and authentication tag, in base64url. */
  readonly box: string;
}

const FORM = /^sealed\.v1\.([0-9a-f-]{36})\.([\w-]{22})\.([\w-]{38,})$/;

/**
 * Whether a value is a personal field in its encrypted form.
 *
 * @example
 * isSealed('ada@example.com'); // false
 */
export function isSealed(value: unknown): value is Sealed<never> {
  return typeof value === 'string' && FORM.test(value);
}

/** Reads a sealed value; `undefined` if it is none. */
export function sealedParts(value: unknown): SealedParts | undefined {
  const [, keyId, subjectTag, box] = FORM.exec(typeof value === 'string' ? value : '') ?? [];
  if (keyId === undefined || subjectTag === undefined || box === undefined) return undefined;
  return { keyId, subjectTag, box };
}

export function sealedText({ keyId, subjectTag, box }: SealedParts): string {
  return `sealed.v1.${keyId}.${subjectTag}.${box}`;
}

/** All sealed values in a value, at any depth. */
export function sealedIn(value: unknown): string[] {
  if (isSealed(value)) return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(sealedIn);
}
