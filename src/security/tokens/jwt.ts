import type { JWTPayload, JWTVerifyGetKey } from 'jose';
import { createLocalJWKSet, createRemoteJWKSet, customFetch, errors, jwtVerify } from 'jose';
import { z } from 'zod';
import type { Authentication } from './authentication';
import type { Principal } from './principal';
import { SCOPES } from './principal';

/** Signatures with a private key only. With a shared secret, a verifier could sign. */
const ALGORITHMS = ['ES256', 'ES384', 'ES512', 'EdDSA', 'PS256', 'PS384', 'PS512', 'RS256', 'RS384', 'RS512'];
/** How far the clocks of the issuer and of this machine may differ. */
const CLOCK_TOLERANCE_S = 5;
/** The issuer must answer within this time; a client waits for it. */
const FETCH_MS = 5_000;
/** Keys are fetched again for an unknown key id, but not more often than this: anybody may make one up. */
const COOLDOWN_MS = 30_000;
/** Keys that the issuer has taken out of its set verify tokens no longer than this. */
const KEPT_MS = 600_000;
/** After a failure the issuer is asked again this much later. Until then tokens are answered without asking. */
const AWAY_MS = 1_000;
/** A set of a hundred keys has some 50 KB. A longer answer is not read to its end. */
const SET_BYTES = 256 * 1024;

export interface JwtOptions {
  readonly keys: JWTVerifyGetKey;
  readonly issuer: string;
  readonly audience: string;
}

/** The claims that are read, as RFC 9068 and identity providers have them: `scope` as a text, or `scp` as a list. */
const claims = z.object({
  sub: z.string().min(1),
  scope: z.string().optional(),
  scp: z.union([z.string(), z.array(z.string())]).optional(),
  sagaline_sources: z.array(z.string()).optional(),
  sagaline_types: z.array(z.string()).optional(),
});

/**
 * The keys at an address. Many tokens at once lead to one request, and so do many tokens while the issuer is away.
 *
 * @param now monotonic or wall clock, in milliseconds
 */
export function remoteKeys(url: string, now: () => number): JWTVerifyGetKey {
  let away: { readonly until: number; readonly cause: unknown } | undefined;
  return createRemoteJWKSet(new URL(url), {
    ...{ timeoutDuration: FETCH_MS, cooldownDuration: COOLDOWN_MS, cacheMaxAge: KEPT_MS },
    [customFetch]: async (at, options) => {
      if (away && now() < away.until) throw away.cause;
      try {
        const response = await fetch(at, options);
        if (!response.ok) throw new Error(`the issuer answers ${response.status}`);
        const answer = new Response(await limitedText(response));
        away = undefined;
        return answer;
      } catch (cause) {
        away = { until: now() + AWAY_MS, cause };
        throw cause;
      }
    },
  });
}

async function limitedText({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body ?? []) {
    const bytes = chunk as Uint8Array;
    length += bytes.length;
    // Leaving the loop cancels the answer.
    if (length > SET_BYTES) throw new Error(`the set of keys is larger than ${SET_BYTES} bytes`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** @throws Error if it is not a JSON Web Key Set */
export function keysIn(text: string): JWTVerifyGetKey {
  return createLocalJWKSet(JSON.parse(text) as Parameters<typeof createLocalJWKSet>[0]);
}

/** Verifies signature, issuer, audience and time of a JWT, and reads the principal from its claims. */
export async function authenticateByJwt(
  { keys, issuer, audience }: JwtOptions,
  token: string,
  now: number,
): Promise<Authentication> {
  try {
    const { payload } = await jwtVerify(token, keys, {
      ...{ issuer, audience, algorithms: ALGORITHMS, requiredClaims: ['sub', 'exp'] },
      ...{ clockTolerance: CLOCK_TOLERANCE_S, currentDate: new Date(now) },
    });
    return authenticated(payload);
  } catch (error) {
    if (error instanceof errors.JWTExpired) return { kind: 'refused', reason: 'expired' };
    if (isUnavailable(error)) return { kind: 'unavailable', cause: error };
    return { kind: 'refused', reason: 'invalid-token' };
  }
}

function authenticated(payload: JWTPayload): Authentication {
  const { data } = claims.safeParse(payload);
  if (!data) return { kind: 'refused', reason: 'invalid-token' };
  return { kind: 'authenticated', principal: principalOf(data) };
}

/** A token of an identity provider may have scopes of other services: they give nothing here. */
function principalOf({ sub, scope, scp, ...limits }: z.infer<typeof claims>): Principal {
  const given = [scope ?? '', scp ?? ''].flat().flatMap((text) => text.split(' '));
  return {
    name: sub,
    scopes: SCOPES.filter((known) => given.includes(known)),
    sources: limits.sagaline_sources,
    types: limits.sagaline_types,
  };
}

/** Whether the keys could not be fetched. Every other error is about the token, or about the key that it names. */
function isUnavailable(error: unknown): boolean {
  if (error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid) return true;
  // What `fetch` throws, and an answer other than 200, which is jose's general error.
  return !(error instanceof errors.JOSEError) || error.code === errors.JOSEError.code;
}
