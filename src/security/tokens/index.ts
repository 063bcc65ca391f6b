/** Bearer tokens of the gateway: API keys, whose hashes are in a file, and JSON Web Tokens of an identity provider. */
import type { Log } from '../../contracts';
import { authenticateByKey, isApiKey, parseApiKeys } from './api-keys';
import type { Authenticate } from './authentication';
import { authenticateByJwt, keysIn, remoteKeys } from './jwt';
import { watchedFile } from './watched-file';

export { newApiKey } from './api-keys';
export type { ApiKey } from './api-keys';
export type { Authenticate, Authentication } from './authentication';
export { forbiddenEvent } from './principal';
export type { Principal, Scope } from './principal';

/** Where the keys are that verify tokens; a JSON Web Token must have this issuer and audience. */
export interface TokenSettings {
  readonly apiKeysFile?: string | undefined;
  readonly jwt?:
    | {
        readonly jwks: { readonly url: string } | { readonly file: string };
        readonly issuer: string;
        readonly audience: string;
      }
    | undefined;
}

/**
 * Makes the function that finds out whose token it is. A file is read again when it changes.
 *
 * @throws InvalidConfigError if a file cannot be read
 */
export function createAuthentication(
  { apiKeysFile, jwt }: TokenSettings,
  { now, log }: { readonly now: () => number; readonly log: Log },
): Authenticate {
  const apiKeys =
    apiKeysFile === undefined
      ? () => []
      : watchedFile({ setting: 'API_KEYS_FILE', file: apiKeysFile, parse: parseApiKeys, now, log });
  const keySet = jwt && keySetOf(jwt.jwks);
  return async (token) => {
    if (isApiKey(token) || !jwt || !keySet) return authenticateByKey(apiKeys(), token, now());
    return authenticateByJwt({ ...jwt, keys: keySet() }, token, now());
  };

  function keySetOf(jwks: NonNullable<TokenSettings['jwt']>['jwks']) {
    if ('file' in jwks)
      return watchedFile({ setting: 'JWT_JWKS_FILE', file: jwks.file, parse: keysIn, now, log });
    const keys = remoteKeys(jwks.url, now);
    return () => keys;
  }
}
