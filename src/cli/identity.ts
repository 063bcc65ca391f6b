/** Who uses the command line, proved by a token; and the records of what they do (docs/audit.md). */
import type { Config } from '../config';
import type { Log } from '../contracts';
import type { Scope } from '../security/tokens';
import { createAuthentication } from '../security/tokens';
import type { Operator } from '../operator';
import { CliError, EXIT } from './exit';

const silent: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** Whether commands need a token: in production, and wherever keys are configured. */
export function needsToken({ NODE_ENV, gatewayAccess: { apiKeysFile, jwt } }: OperatorSettings): boolean {
  return NODE_ENV === 'production' || apiKeysFile !== undefined || jwt !== undefined;
}

type OperatorSettings = Pick<Config, 'NODE_ENV' | 'gatewayAccess' | 'SAGALINE_TOKEN'>;

/**
 * Finds out who the operator is. No option of a command gives the name.
 *
 * @param scopes one of these is needed
 * @param user name for a machine without tokens
 * @throws CliError `no-token`, `unauthorized`, `forbidden-scope`, `keys-unavailable`; `configuration` if nothing can
 * verify the token
 */
export async function identify(
  config: OperatorSettings,
  { scopes, user }: { readonly scopes: readonly Scope[]; readonly user: string },
): Promise<Operator> {
  const { gatewayAccess, SAGALINE_TOKEN: token } = config;
  const hasKeys = gatewayAccess.apiKeysFile !== undefined || gatewayAccess.jwt !== undefined;
  if (!hasKeys && (needsToken(config) || token !== undefined)) throw new CliError(...NO_KEYS);
  if (!hasKeys) return { name: user, verified: false };
  if (token === undefined) throw new CliError(...NO_TOKEN);

  const authenticate = createAuthentication(gatewayAccess, { now: () => Date.now(), log: silent });
  const answer = await authenticate(token);
  switch (answer.kind) {
    case 'refused':
      throw new CliError('unauthorized', `SAGALINE_TOKEN is refused: ${answer.reason}`);
    case 'unavailable':
      throw new CliError('keys-unavailable', 'the keys that verify SAGALINE_TOKEN cannot be fetched');
    case 'authenticated': {
      const { name, scopes: given } = answer.principal;
      if (scopes.some((scope) => given.includes(scope))) return { name, verified: true };
      throw new CliError(
        'forbidden-scope',
        `the token of ${name} does not have the scope ${scopes.join(' or ')}`,
      );
    }
  }
}

const NO_KEYS = [
  'configuration',
  'nothing verifies the token of an operator: set API_KEYS_FILE, or JWT_JWKS_URL with JWT_ISSUER and JWT_AUDIENCE',
  EXIT.usage,
] as const;

const NO_TOKEN = [
  'no-token',
  'this command goes on record and needs the token of an operator: set SAGALINE_TOKEN or SAGALINE_TOKEN_FILE',
] as const;
