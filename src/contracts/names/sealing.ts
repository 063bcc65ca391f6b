/** Names with which the payload codec tells workflows what it has opened, and what it has refused. */

/** Metadata of a payload that the codec has opened: the id of its key. */
export const SEALED_BY = 'sagaline-sealed-by';
/** Metadata of the payload that takes the place of a refused one: a {@link Refusal}. */
export const REFUSED_BECAUSE = 'sagaline-refused';
/** The only field of the value that takes the place of a refused one. */
export const REFUSED_VALUE = 'sagaline.refused';

/**
 * Why the codec refuses a payload. `unsealed`: it is not encrypted, and has to be. `tampered`: it was changed, or is
 * not encrypted with a key of the ring. `another-place`: it was encrypted for another namespace, workflow or activity.
 * `unknown-key`: no key of the ring has its key id, and none vouches for it.
 */
export type Refusal = 'unsealed' | 'tampered' | 'another-place' | 'unknown-key';

/** Whether a value stands in the place of a refused one. */
export function isRefusedValue(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, REFUSED_VALUE);
}
