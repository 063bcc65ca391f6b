import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { z } from 'zod';
import type { TemporalRole } from './roles';
import { TEMPORAL_RIGHTS, TEMPORAL_ROLES } from './roles';

/** The public half of a key that has signed tokens (RFC 7517). */
export const publicKey = z.object({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: z.string(),
  y: z.string(),
  kid: z.string(),
  alg: z.literal('ES256'),
  use: z.literal('sig'),
});
export type PublicKey = z.infer<typeof publicKey>;

/**
 * Signs a token for each role with a new key, and forgets the private half: nobody can make further tokens.
 *
 * @param terms.days validity
 */
export async function newTokens(
  namespace: string,
  { days, now }: { readonly days: number; readonly now: Date },
): Promise<{ readonly key: PublicKey; readonly tokens: Readonly<Record<TemporalRole, string>> }> {
  const pair = await generateKeyPair('ES256');
  const jwk = await exportJWK(pair.publicKey);
  const kid = await calculateJwkThumbprint(jwk);
  const key = publicKey.parse({ ...jwk, kid, alg: 'ES256', use: 'sig' });
  const issuedAt = Math.floor(now.getTime() / 1_000);
  const signed = TEMPORAL_ROLES.map(async (role) => {
    const permissions = [`${namespace}:${TEMPORAL_RIGHTS[role]}`];
    const token = await new SignJWT({ permissions })
      .setProtectedHeader({ alg: 'ES256', kid })
      .setSubject(`sagaline-${role}`)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + days * DAY_S)
      .sign(pair.privateKey);
    return [role, token] as const;
  });
  return { key, tokens: Object.fromEntries(await Promise.all(signed)) as Record<TemporalRole, string> };
}

const DAY_S = 24 * 60 * 60;
