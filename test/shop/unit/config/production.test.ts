// What nothing starts with in production.
import { readConfig } from '../../../../src/config';
import { needs, problemsOf, production, read } from '../../support/config';

const gateway = { ...needs, servesGateway: true };
const keys = { API_KEYS_FILE: '/run/secrets/api-keys' };
const jwt = {
  JWT_JWKS_URL: 'https://login.example.com/jwks',
  JWT_ISSUER: 'https://login.example.com/',
  JWT_AUDIENCE: 'sagaline',
};
const LONG = 'x'.repeat(32);

test('a complete configuration has no problems', () => {
  expect(problemsOf(production)).toEqual([]);
  expect(problemsOf({ ...production, ...keys }, gateway)).toEqual([]);
  expect(problemsOf({ ...production, ...jwt }, gateway)).toEqual([]);
});

test.each([
  [{ GATEWAY_AUTH: 'none' }, ['GATEWAY_AUTH: must not be none in production']],
  [
    { PROVIDER_CARRIER_URL: 'http://carrier.example.com/v1' },
    ['PROVIDER_CARRIER_URL: must be https:// in production'],
  ],
  [
    { PROVIDER_CARRIER_URL: 'HTTP://carrier.example.com/v1' },
    ['PROVIDER_CARRIER_URL: must be https:// in production'],
  ],
  [
    { PROVIDER_CARRIER_URL: ' http://carrier.example.com/v1' },
    ['PROVIDER_CARRIER_URL: must be https:// in production'],
  ],
  [
    { ...jwt, JWT_JWKS_URL: 'http://login.example.com/jwks' },
    ['JWT_JWKS_URL: must be https:// in production'],
  ],
  [
    { PROVIDER_CARRIER_API_KEY: 'sandbox-carrier-key' },
    ['PROVIDER_CARRIER_API_KEY: is a known default of development, not a secret'],
  ],
  [
    { DATABASE_URL: 'postgresql://sagaline:sagaline@db.example.com/sagaline' },
    ['DATABASE_URL: is a known default of development, not a secret'],
  ],
  [
    { PROVIDER_CARRIER_WEBHOOK_SECRET: `${LONG},${LONG.slice(1)}` },
    ['PROVIDER_CARRIER_WEBHOOK_SECRET: a secret needs 32 bytes, this one has 31'],
  ],
  [
    { PROVIDER_CARRIER_WEBHOOK_SECRET: LONG, PROVIDER_PAYMENT_PROVIDER_WEBHOOK_SECRET: LONG },
    [
      'PROVIDER_PAYMENT_PROVIDER_WEBHOOK_SECRET, PROVIDER_CARRIER_WEBHOOK_SECRET: have the same secret; each needs one of its own',
    ],
  ],
])('%j', (given, expected) => {
  expect(problemsOf({ ...production, ...given })).toEqual(expected);
  expect(problemsOf({ ...production, ...given, NODE_ENV: 'development' })).toEqual([]);
});

test('everything is named at once, and no secret is told', () => {
  const problems = problemsOf(
    {
      ...production,
      GATEWAY_AUTH: 'none',
      PROVIDER_CARRIER_URL: 'http://carrier.example.com',
      PROVIDER_CARRIER_API_KEY: 'hunter2',
      PROVIDER_CARRIER_WEBHOOK_SECRET: 'hunter2',
      GATEWAY_PORT: '8080',
    },
    gateway,
  );
  expect(problems).toHaveLength(5);
  expect(problems.join()).not.toContain('hunter2');
});

test('a database without a password has other credentials', () => {
  expect(problemsOf({ ...production, DATABASE_URL: 'postgresql://sagaline@db/sagaline' })).toEqual([]);
});

describe('who may use the gateway', () => {
  const access = (given: Record<string, string>) => readConfig(given, needs).gatewayAccess.mode;

  test('is anyone on loopback outside of production, and otherwise the bearers of tokens', () => {
    expect(read().gatewayAccess).toEqual({ mode: 'none' });
    for (const GATEWAY_HOST of ['localhost', '127.0.0.1', '::1'])
      expect(access({ GATEWAY_HOST })).toBe('none');
    for (const GATEWAY_HOST of ['0.0.0.0', '::', '192.0.2.1', 'gateway', '127.0.0.1.example.com'])
      expect(access({ GATEWAY_HOST })).toBe('required');
    expect(access({ GATEWAY_HOST: '0.0.0.0', GATEWAY_AUTH: 'none' })).toBe('none');
    expect(access({ GATEWAY_AUTH: 'required' })).toBe('required');
    expect(access({ ...production, GATEWAY_HOST: '127.0.0.1' })).toBe('required');
  });

  test('must be known to the gateway, and to no other process', () => {
    expect(problemsOf(production, gateway)).toEqual([
      expect.stringMatching(/^GATEWAY_AUTH: .*set API_KEYS_FILE/),
    ]);
    expect(problemsOf({ GATEWAY_HOST: '0.0.0.0' }, gateway)).toEqual([
      expect.stringMatching(/^GATEWAY_AUTH: .*GATEWAY_AUTH=none opens/),
    ]);
    expect(problemsOf({}, gateway)).toEqual([]);
  });

  test('needs the issuer and the audience of tokens, and one place of their keys', () => {
    expect(problemsOf({ JWT_JWKS_FILE: 'jwks.json' })).toEqual([
      'JWT_ISSUER is missing',
      'JWT_AUDIENCE is missing',
    ]);
    expect(problemsOf({ ...jwt, JWT_JWKS_FILE: 'jwks.json' })).toEqual([
      'JWT_JWKS_URL and JWT_JWKS_FILE: only one of them may be set',
    ]);
  });
});
