const NUL = '\0';
const HALF_OF_A_PAIR = /\p{Surrogate}/gu;

/**
 * Whether PostgreSQL can store the text, in `text` and in `jsonb`: it refuses a NUL character and half of a surrogate
 * pair. An event with one would be accepted, and its workflow could never store it.
 */
export function isStorable(text: string): boolean {
  return !text.includes(NUL) && text.search(HALF_OF_A_PAIR) < 0;
}

/** A stranger's text, say a provider's message, fit for storing: what cannot be stored is replaced, and it is cut. */
export function storableText(text: string, max: number): string {
  // Cut first: a cut in the middle of a pair leaves half of it, which is then replaced.
  return text.slice(0, max).replaceAll(NUL, '\ufffd').replace(HALF_OF_A_PAIR, '\ufffd');
}
