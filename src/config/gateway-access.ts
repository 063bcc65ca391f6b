import type { TokenSettings } from '../security/tokens';
import type { Settings } from './schema';

/** Who may use the gateway. */
export interface GatewayAccess extends TokenSettings {
  /** `none`: anyone who reaches the port. */
  readonly mode: 'none' | 'required';
}

const LOOPBACK = /^(127(\.\d{1,3}){3}|::1|localhost)$/;

/** Whether only this machine reaches the host. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host);
}

/**
 * Reads who may use the gateway. Without `GATEWAY_AUTH` it is open on loopback only, and never in production.
 *
 * @param serves whether this process is the gateway: only it needs keys
 */
export function readGatewayAccess(
  settings: Settings,
  { serves }: { readonly serves: boolean },
  problems: string[],
): GatewayAccess {
  const { GATEWAY_AUTH, GATEWAY_HOST, NODE_ENV, API_KEYS_FILE: apiKeysFile } = settings;
  const isLocal = NODE_ENV !== 'production' && isLoopback(GATEWAY_HOST);
  const mode = GATEWAY_AUTH ?? (isLocal ? 'none' : 'required');
  const jwt = readJwt(settings, problems);
  if (serves && mode === 'required' && apiKeysFile === undefined && jwt === undefined) {
    const open =
      NODE_ENV === 'production' ? '' : '; GATEWAY_AUTH=none opens the gateway to anyone who reaches it';
    problems.push(
      `GATEWAY_AUTH: tokens are required, so set API_KEYS_FILE, or JWT_JWKS_URL with JWT_ISSUER and JWT_AUDIENCE${open}`,
    );
  }
  return { mode, apiKeysFile, jwt };
}

function readJwt(
  { JWT_JWKS_URL: url, JWT_JWKS_FILE: file, JWT_ISSUER: issuer, JWT_AUDIENCE: audience }: Settings,
  problems: string[],
): GatewayAccess['jwt'] {
  if (url !== undefined && file !== undefined)
    problems.push('JWT_JWKS_URL and JWT_JWKS_FILE: only one of them may be set');
  const jwks = url !== undefined ? { url } : file !== undefined ? { file } : undefined;
  if (jwks === undefined) return undefined;
  // Without them, a token that the same provider has issued for another service would do.
  if (issuer === undefined) problems.push('JWT_ISSUER is missing');
  if (audience === undefined) problems.push('JWT_AUDIENCE is missing');
  return issuer === undefined || audience === undefined ? undefined : { jwks, issuer, audience };
}
