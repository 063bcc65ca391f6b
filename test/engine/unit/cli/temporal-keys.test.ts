// What `sagaline keys` makes for Temporal.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { X509Certificate } from 'node:crypto';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { parse } from 'yaml';
import { newAuthority } from '../../../../src/keys/certificates';
import { TEMPORAL_RIGHTS, TEMPORAL_ROLES } from '../../../../src/keys/temporal/roles';
import { serverSettings } from '../../../../src/keys/temporal/server-settings';
import { newTokens } from '../../../../src/keys/temporal/tokens';
import { makeTemporalKeys } from '../../../support/secured-temporal';

const now = new Date();

test('each role has a token with its permission in the namespace, and no other', async () => {
  const { key, tokens } = await newTokens('shop', { days: 30, now });
  for (const role of TEMPORAL_ROLES) {
    const { payload, protectedHeader } = await jwtVerify(tokens[role], createLocalJWKSet({ keys: [key] }));
    expect(protectedHeader).toEqual({ alg: 'ES256', kid: key.kid });
    expect(payload).toMatchObject({
      sub: `sagaline-${role}`,
      permissions: [`shop:${TEMPORAL_RIGHTS[role]}`],
    });
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(30 * 24 * 60 * 60);
  }
});

// KEDA and Temporal's worker controller put what is in a Secret into a header as it is.
test('a file with a token has nothing else in it', async () => {
  const keys = await makeTemporalKeys({ port: 7233 });
  try {
    for (const role of TEMPORAL_ROLES)
      expect(readFileSync(keys.at(`${role}/temporal-token`), 'utf8')).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
  } finally {
    await keys.remove();
  }
});

test('nobody but provision may administer', () => {
  expect(TEMPORAL_ROLES.filter((role) => TEMPORAL_RIGHTS[role] === 'admin')).toEqual(['provision']);
});

test('the server in docker-compose.yml has these settings', () => {
  const text = readFileSync(path.resolve(__dirname, '../../../../docker-compose.yml'), 'utf8');
  const { services } = parse(text, { merge: true }) as {
    services: { temporal: { environment: Record<string, string> } };
  };
  const wanted = serverSettings('/etc/temporal/keys');
  expect(services.temporal.environment).toMatchObject({
    ...wanted,
    TEMPORAL_AUTH_CLAIM_MAPPER: `\${TEMPORAL_CLAIM_MAPPER-${wanted['TEMPORAL_AUTH_CLAIM_MAPPER'] ?? ''}}`,
  });
  expect(services.temporal.environment).not.toHaveProperty('TEMPORAL_ALLOW_NO_AUTH');
});

test('no serial number of a certificate begins with a zero byte, which OpenSSL may refuse', async () => {
  const made = await Promise.all([1, 2, 3].map(() => newAuthority({ days: 1, now })));
  for (const { certificate } of made)
    expect(new X509Certificate(certificate).serialNumber).toMatch(/^[4-7][0-9A-F]{31}$/);
});
