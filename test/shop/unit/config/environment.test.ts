// The settings of every deployment, in development and in production.
import { problemsOf, production, read } from '../../support/config';

const without = (name: string, given: Record<string, string> = production) =>
  Object.fromEntries(Object.entries(given).filter(([key]) => key !== name));

describe('with nothing set', () => {
  test('everything fits the local stack', () => {
    expect(read()).toMatchObject({
      NODE_ENV: 'development',
      LOG_LEVEL: 'info',
      LOG_FORMAT: 'pretty',
      NATS_URL: 'nats://127.0.0.1:4222',
      TEMPORAL_ADDRESS: '127.0.0.1:7233',
      TEMPORAL_NAMESPACE: 'default',
      DATABASE_URL: 'postgresql://sagaline:sagaline@127.0.0.1:5440/sagaline',
      STREAM_REPLICAS: 1,
      STREAM_MAX_BYTES: 4 * 1024 ** 3,
      EFFECTS_RETENTION_DAYS: 180,
      GATEWAY_HOST: '127.0.0.1',
      GATEWAY_PORT: 8080,
      NATS_PORT: 4222,
      POSTGRES_PORT: 5440,
      external: { natsUrl: undefined, temporalAddress: undefined, databaseUrl: undefined },
      providers: {
        'payment-provider': {
          url: 'http://127.0.0.1:8090/payment-provider/v1',
          apiKey: 'sandbox-payment-provider-key',
          webhookSecrets: ['sandbox-payment-provider-secret'],
        },
        carrier: { url: 'http://127.0.0.1:8090/carrier/v1', webhookSecrets: ['sandbox-carrier-secret'] },
      },
    });
  });

  test('an empty setting is an unset one', () => {
    const empty = Object.fromEntries(
      [...Object.keys(production), 'GATEWAY_PORT', 'HEALTH_PORT', 'LOG_FORMAT'].map((name) => [name, '']),
    );
    const unset = { ...read(), secrets: expect.anything() as unknown };
    expect(read(empty)).toEqual(unset);
    expect(read({ NATS_URL: undefined })).toEqual(unset);
  });
});

test('effects stay longer than an event can be repeated', () => {
  expect(read({ EVENTS_RETENTION_DAYS: '60' }).EFFECTS_RETENTION_DAYS).toBe(210);
  expect(read({ EFFECTS_RETENTION_DAYS: '30' }).EFFECTS_RETENTION_DAYS).toBe(30);
  expect(() => read({ EFFECTS_RETENTION_DAYS: '29' })).toThrow(
    'EFFECTS_RETENTION_DAYS: must be EVENTS_RETENTION_DAYS, 30, at least, not 29',
  );
});

test('moved ports move the addresses of the local stack', () => {
  const moved = read({
    NATS_PORT: '14222',
    TEMPORAL_UI_PORT: '18233',
    TEMPORAL_PORT: '17233',
    POSTGRES_PORT: '15440',
    SANDBOX_PORT: '18090',
  });
  expect(moved).toMatchObject({
    NATS_URL: 'nats://127.0.0.1:14222',
    TEMPORAL_ADDRESS: '127.0.0.1:17233',
    TEMPORAL_UI_URL: 'http://127.0.0.1:18233',
    DATABASE_URL: 'postgresql://sagaline:sagaline@127.0.0.1:15440/sagaline',
    NATS_PORT: 14_222,
    external: {},
  });
  expect(Object.values(moved.providers).map(({ url }) => url)).toEqual([
    'http://127.0.0.1:18090/payment-provider/v1',
    'http://127.0.0.1:18090/carrier/v1',
  ]);
});

test('an address that is given counts, whatever the ports, and says that its server is not started', () => {
  const config = read({ NATS_URL: production.NATS_URL, NATS_PORT: '14222' });
  expect(config.NATS_URL).toBe(production.NATS_URL);
  expect(config.external).toEqual({ natsUrl: production.NATS_URL });
  expect(read(production).external).toEqual({
    natsUrl: production.NATS_URL,
    temporalAddress: production.TEMPORAL_ADDRESS,
    databaseUrl: production.DATABASE_URL,
  });
});

test('NATS may be a cluster of several addresses', () => {
  const NATS_URL = 'nats://one.example.com:4222,nats://two.example.com:4222';
  expect(read({ NATS_URL }).NATS_URL).toBe(NATS_URL);
});

/** What has no default in production. TLS to Temporal has one, which does for an address on this machine. */
const demanded = Object.keys(production).filter((name) => name !== 'NODE_ENV' && name !== 'TEMPORAL_TLS');

describe('in production', () => {
  test('the log is for machines', () => {
    expect(read(production)).toMatchObject({ NODE_ENV: 'production', LOG_FORMAT: 'json' });
    expect(read({ ...production, LOG_FORMAT: 'pretty' }).LOG_FORMAT).toBe('pretty');
  });

  test('workers record no promise traces, unless they are told to', () => {
    expect(read({}).WORKFLOW_PROMISE_TRACES).toBe('on');
    expect(read(production).WORKFLOW_PROMISE_TRACES).toBe('off');
    expect(read({ ...production, WORKFLOW_PROMISE_TRACES: 'on' }).WORKFLOW_PROMISE_TRACES).toBe('on');
  });

  test.each(demanded)('%s must be given', (name) => {
    expect(problemsOf(without(name))).toEqual([`${name} is missing`]);
    expect(problemsOf({ ...production, [name]: '' })).toEqual([`${name} is missing`]);
  });

  test('all that is missing is named at once', () => {
    const problems = problemsOf({ NODE_ENV: 'production', NATS_PORT: '4222' });
    expect(problems.map((problem) => problem.split(' ')[0]).sort()).toEqual([...demanded].sort());
  });
});

describe('what is wrong is named', () => {
  test.each([
    ['NODE_ENV', 'prod'],
    ['LOG_LEVEL', 'loud'],
    ['LOG_FORMAT', 'xml'],
    ['WORKFLOW_PROMISE_TRACES', 'yes'],
    ['NATS_URL', 'http://127.0.0.1:4222'],
    ['NATS_URL', '127.0.0.1:4222'],
    ['TEMPORAL_ADDRESS', 'http://127.0.0.1:7233'],
    ['TEMPORAL_ADDRESS', '127.0.0.1'],
    ['TEMPORAL_UI_URL', 'ui'],
    ['DATABASE_URL', 'mysql://127.0.0.1/x'],
    ['DATABASE_POOL_SIZE', '0'],
    ['STREAM_REPLICAS', '6'],
    ['STREAM_MAX_BYTES', '1000'],
    ['BRIDGE_NAME', 'Bridge One'],
    ['BRIDGE_CONCURRENCY', '65'],
    ['GATEWAY_PORT', '0'],
    ['GATEWAY_PORT', '65536'],
    ['HEALTH_PORT', '-1'],
    ['NATS_PORT', '70000'],
    ['SANDBOX_PORT', 'ninety'],
    ['SANDBOX_DELIVERY_MS', '0'],
    ['PROVIDER_CARRIER_URL', 'carrier.example.com'],
    ['PROVIDER_CARRIER_URL', 'ftp://carrier.example.com'],
  ])('%s=%s, and nothing else', (name, value) => {
    expect(problemsOf({ [name]: value })).toEqual([expect.stringMatching(new RegExp(`^${name}: .`))]);
  });

  test('everything at once', () => {
    const problems = problemsOf({
      LOG_LEVEL: 'loud',
      GATEWAY_PORT: 'x',
      PROVIDER_CARRIER_URL: 'x',
      DATABASE_URL: 'x',
    });
    expect(problems.map((problem) => problem.split(':')[0]).sort()).toEqual([
      'DATABASE_URL',
      'GATEWAY_PORT',
      'LOG_LEVEL',
      'PROVIDER_CARRIER_URL',
    ]);
  });

  test.each([
    ['ninety', 'GATEWAY_PORT: must be a number, not "ninety"'],
    ['80.5', expect.stringMatching(/^GATEWAY_PORT: .*whole number/)],
  ])('a port of %s in words for a person', (value, expected) => {
    expect(problemsOf({ GATEWAY_PORT: value })).toEqual([expected]);
  });

  test('without telling a password', () => {
    const problems = problemsOf({
      DATABASE_URL: 'mysql://sagaline:hunter2@db/sagaline',
      NATS_URL: 'x://u:hunter2@n',
    });
    expect(problems).toHaveLength(2);
    expect(problems.join()).not.toContain('hunter2');
  });
});

describe('how PostgreSQL and NATS are reached', () => {
  const DIRECT = `postgresql://sagaline:${'p'.repeat(32)}@db-direct.example.com:5432/sagaline?sslmode=verify-full`;

  test('sessions go where everything goes, or to PostgreSQL itself behind a pooler', () => {
    expect(read(production).DATABASE_DIRECT_URL).toBe(production.DATABASE_URL);
    expect(read({ ...production, DATABASE_DIRECT_URL: DIRECT }).DATABASE_DIRECT_URL).toBe(DIRECT);
  });

  test('JetStream has a domain or an API prefix, or neither', () => {
    const { NATS_URL: url } = production;
    expect(read(production).nats).toEqual({ url });
    expect(read({ ...production, NATS_JS_DOMAIN: 'hub' }).nats).toEqual({ url, domain: 'hub' });
    expect(read({ ...production, NATS_JS_API_PREFIX: 'JS.hub' }).nats).toEqual({ url, apiPrefix: 'JS.hub' });
    expect(problemsOf({ ...production, NATS_JS_DOMAIN: 'hub', NATS_JS_API_PREFIX: 'JS.hub' })).toEqual([
      'NATS_JS_API_PREFIX: cannot be set together with NATS_JS_DOMAIN, which stands for a prefix',
    ]);
    expect(problemsOf({ ...production, NATS_JS_DOMAIN: 'a.b' })).toHaveLength(1);
  });

  test('NATS gets the files of a certificate and of one user; housekeeping may have a user of its own', () => {
    const files = {
      NATS_TLS_CA_FILE: 'ca.pem',
      NATS_TLS_CERT_FILE: 'client.pem',
      NATS_TLS_KEY_FILE: 'client-key.pem',
      NATS_NKEY_FILE: 'user.nk',
    };
    const tls = { caFile: 'ca.pem', certFile: 'client.pem', keyFile: 'client-key.pem' };
    expect(read({ ...production, ...files }).nats).toMatchObject({ tls, nkeyFile: 'user.nk' });
    expect(read(production).natsHousekeeping).toBeUndefined();
    const housekeeping = { NATS_HOUSEKEEPING_CREDS_FILE: 'old.creds' };
    expect(read({ ...production, ...files, ...housekeeping }).natsHousekeeping).toEqual({
      ...{ url: production.NATS_URL, tls, credsFile: 'old.creds' },
    });

    expect(problemsOf({ ...production, ...files, NATS_CREDS_FILE: 'user.creds' })).toEqual([
      'NATS_NKEY_FILE and NATS_CREDS_FILE: only one of them may be set',
    ]);
    expect(problemsOf({ ...production, NATS_TLS_CERT_FILE: 'client.pem' })).toEqual([
      'NATS_TLS_CERT_FILE and NATS_TLS_KEY_FILE: one is of no use without the other',
    ]);
    // The client would speak plain TCP to it.
    expect(problemsOf({ ...production, NATS_URL: 'wss://nats.example.com' })).toHaveLength(1);
  });
});

test('the endpoint of the gateway stays open after a SIGTERM in production, and no longer than a stop may take', () => {
  expect(read().SHUTDOWN_DELAY_MS).toBe(0);
  expect(read(production).SHUTDOWN_DELAY_MS).toBe(5_000);
  expect(problemsOf({ SHUTDOWN_DELAY_MS: '10001' })).toHaveLength(1);
});
