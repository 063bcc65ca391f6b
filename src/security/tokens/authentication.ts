import type { Principal } from './principal';

/** Why a token is refused. It is for the log only: the answer does not tell these apart. */
export type TokenRefusal = 'no-token' | 'unknown-key' | 'expired' | 'invalid-token';

export type Authentication =
  | { readonly kind: 'authenticated'; readonly principal: Principal }
  /** `principal`: whose expired key it is. */
  | { readonly kind: 'refused'; readonly reason: TokenRefusal; readonly principal?: string }
  /** The keys that verify tokens cannot be fetched, so that nothing is known about the token. */
  | { readonly kind: 'unavailable'; readonly cause: unknown };

/** Finds out whose token it is. It does not reject. */
export type Authenticate = (token: string) => Promise<Authentication>;
