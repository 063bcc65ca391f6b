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
    { DATABASE_URL: 'postgresql://sagaline:sagaline@db.example.com/sagaline?sslmode=verify-full' },
    ['DATABASE_URL: is a known default of development, not a secret'],
  ],
  [
    {
      DATABASE_URL:
        'postgresql://db.example.com/sagaline?sslmode=verify-full&user=sagaline&password=sagaline',
    },
    ['DATABASE_URL: is a known default of development, not a secret'],
  ],
  [
    { DATABASE_URL: 'postgresql://sagaline:100%x@db.example.com/sagaline?sslmode=verify-full' },
    ['DATABASE_URL: a secret needs 32 bytes, this one has 5'],
  ],
  [{ NATS_URL: 'nats://user:p@nats:4222' }, ['NATS_URL: a secret needs 32 bytes, this one has 1']],
  [
    { PROVIDER_CARRIER_API_KEY: 'sandbox-carrier-key                ' },
    ['PROVIDER_CARRIER_API_KEY: is a known default of development, not a secret'],
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
  const url = 'postgresql://sagaline@db/sagaline?sslmode=verify-full';
  expect(problemsOf({ ...production, DATABASE_URL: url })).toEqual([]);
});

describe('the address of PostgreSQL', () => {
  const user = `postgresql://sagaline:${'p'.repeat(32)}@`;
  const refused = (setting: string) => [
    `${setting}: must say sslmode=verify-full in production, unless PostgreSQL is on this machine (docs/postgres-security.md)`,
  ];

  test.each([
    'db.example.com/x',
    'db.example.com/x?sslmode=disable',
    'db.example.com/x?sslmode=prefer',
    'db.example.com/x?sslmode=require&sslrootcert=/ca.pem',
    'db.example.com/x?sslmode=verify-ca&sslrootcert=/ca.pem',
    'db.example.com/x?sslmode=verify-full&sslmode=disable',
    '127.0.0.1.example.com/x',
    'localhost.example.com/x',
    'db.example.com/x?host=localhost',
  ])('%s', (address) => {
    for (const setting of ['DATABASE_URL', 'DATABASE_DIRECT_URL', 'DATABASE_OWNER_URL']) {
      expect(problemsOf({ ...production, [setting]: user + address })).toEqual(
        expect.arrayContaining(refused(setting)),
      );
    }
  });

  test.each([
    'db.example.com/x?sslmode=verify-full&sslrootcert=/ca.pem',
    '127.0.0.1:5432/x',
    'localhost/x',
    '[::1]/x',
    'any/x?host=/var/run/postgresql',
  ])('%s is accepted', (address) => {
    expect(problemsOf({ ...production, DATABASE_URL: user + address })).toEqual([]);
  });

  test('a process that uses no database needs none; provision needs the owner', () => {
    const { DATABASE_URL: url, ...without } = production;
    expect(problemsOf(without)).toEqual(['DATABASE_URL is missing']);
    expect(problemsOf(without, { ...needs, database: 'none' })).toEqual([]);
    expect(problemsOf(without, { ...needs, database: 'owner' })).toEqual(['DATABASE_URL is missing']);
    expect(problemsOf({ ...without, DATABASE_OWNER_URL: url }, { ...needs, database: 'owner' })).toEqual([]);
  });

  test('owner and role have secrets of their own', () => {
    expect(problemsOf({ ...production, DATABASE_OWNER_URL: production.DATABASE_URL })).toEqual([
      'DATABASE_URL, DATABASE_OWNER_URL: have the same secret; each needs one of its own',
    ]);
  });
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
