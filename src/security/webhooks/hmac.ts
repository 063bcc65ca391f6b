import { createHmac, timingSafeEqual, type BinaryLike } from 'node:crypto';
import type { SignedRequest, Verification, VerifyWebhook } from '../../contracts';

/** Five minutes: an older signature may be a replay, and the clocks of servers are far closer together. */
export const TOLERANCE_S = 300;

export function hmacSha256(key: BinaryLike, ...parts: readonly BinaryLike[]): Buffer {
  const hmac = createHmac('sha256', key);
  for (const part of parts) hmac.update(part);
  return hmac.digest();
}

/** Compares in a time that does not depend on the expected bytes. */
export function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}

/** Whether one of the given signatures is one of those expected, one for each secret. */
export function matches(given: readonly Uint8Array[], expected: readonly Uint8Array[]): Verification {
  const found = expected.some((one) => given.some((other) => sameBytes(one, other)));
  return found ? { ok: true } : refuse('the signature does not match the body');
}

/** What is wrong with the time of a signature; `undefined` if it is near enough. */
export function timeProblem(seconds: string, now: Date, toleranceS: number): Verification | undefined {
  if (!/^\d{1,12}$/.test(seconds)) return refuse('the signature has no time in unix seconds');
  const away = Math.abs(now.getTime() / 1_000 - Number(seconds));
  return away > toleranceS ? refuse('the signature is too old, or from the future') : undefined;
}

/** Marks a function that reads the signature from this header. */
export function inHeader(header: string, verify: VerifyWebhook): VerifyWebhook {
  return Object.assign(verify, { header: header.toLowerCase() });
}

export function headerOf({ headers }: SignedRequest, name: string): string | Verification {
  return headers[name] ?? refuse(`the header ${name} is missing`);
}

export function refuse(reason: string): Verification {
  return { ok: false, reason };
}
