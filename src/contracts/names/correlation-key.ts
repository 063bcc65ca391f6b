/**
 * The correlation key says which business process an event belongs to: for the events of a shop's order it is the
 * order id. It is the last token of the subject and part of the workflow id, and it decides the partition.
 */
const CORRELATION_KEY = /^[A-Za-z0-9_-]{1,64}$/;

/** The rule in words, for error messages. */
export const CORRELATION_KEY_RULE = '1 to 64 characters out of A-Z, a-z, 0-9, "_" and "-"';

/** @param key what a contract's code returns, which without a check by the compiler may be anything */
export function isCorrelationKey(key: unknown): boolean {
  return typeof key === 'string' && CORRELATION_KEY.test(key);
}
