import { decodeJwt } from 'jose';
import type { Config } from '../../config';
import type { Credential } from '../checks/expiry';
import { credentialsIn } from './files';

const JWT = /[\w-]+\.[\w-]+\.[\w-]+/;

/** Tokens of this process that are JSON Web Tokens, with the time in them. */
export function tokens(config: Config): readonly Credential[] {
  const secret = (setting: string, what: string, remedy: string): readonly Credential[] => {
    const token = config.secrets.reader(setting)?.();
    return token === undefined ? [] : tokenIn(token, { where: setting, what, remedy });
  };
  return [
    ...secret('TEMPORAL_API_KEY', 'token for Temporal', 'get a new one: docs/temporal-security.md'),
    ...secret('SAGALINE_TOKEN', 'token of the operator', 'get a new one: docs/audit.md'),
    ...credentialsIn(
      {
        ...{ setting: 'NATS_CREDS_FILE', file: config.NATS_CREDS_FILE, what: 'user of NATS' },
        remedy: '"nsc generate creds" makes a new one',
      },
      (content, where) =>
        tokenIn(content, { where, what: 'user of NATS', remedy: '"nsc generate creds" makes a new one' }),
    ),
  ];
}

/** An API key that is not a JSON Web Token says nothing about its end. */
function tokenIn(text: string, about: Pick<Credential, 'where' | 'what' | 'remedy'>): Credential[] {
  const [token] = JWT.exec(text) ?? [];
  if (token === undefined) return [];
  try {
    const { exp } = decodeJwt(token);
    return [{ ...about, expires: exp === undefined ? undefined : new Date(exp * 1_000) }];
  } catch {
    return [];
  }
}
