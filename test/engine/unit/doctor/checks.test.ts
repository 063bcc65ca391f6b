// Set-ups that are broken on purpose: each is found, under a stable code, with the command or the setting that mends it.
import { AccountLimitsError } from '../../../../src/adapters/nats';
import type { PoolState } from '../../../../src/adapters/temporal';
import type { Config, Environment } from '../../../../src/config';
import { readConfig } from '../../../../src/config';
import { asText } from '../../../../src/cli/doctor/view';
import { checkAccount } from '../../../../src/doctor/checks/account';
import { checkClock } from '../../../../src/doctor/checks/clock';
import { checkConfiguration } from '../../../../src/doctor/checks/configuration';
import { checkDisk } from '../../../../src/doctor/checks/disk';
import type { Credential } from '../../../../src/doctor/checks/expiry';
import { checkExpiry } from '../../../../src/doctor/checks/expiry';
import { checkMigrations } from '../../../../src/doctor/checks/migrations';
import { checkNode } from '../../../../src/doctor/checks/node';
import { checkPools } from '../../../../src/doctor/checks/pools';
import { checkPorts } from '../../../../src/doctor/checks/ports';
import { checkSearchAttributes } from '../../../../src/doctor/checks/search-attributes';
import type { ServerState } from '../../../../src/doctor/checks/servers';
import { checkServers } from '../../../../src/doctor/checks/servers';
import { checkFill, checkStreams } from '../../../../src/doctor/checks/streams';
import type { Finding } from '../../../../src/doctor';

const MIB = 1024 * 1024;
const NOW = new Date('2026-03-01T00:00:00Z');
const DAY_MS = 24 * 60 * 60_000;

const nats: ServerState = {
  ...{ server: 'NATS', setting: 'NATS_URL', address: 'nats://nats.example:4222' },
  ...{ external: true, state: { kind: 'up' } },
};
const room = {
  ...{ folder: '/data', freeBytes: 10_000 * MIB, offeredBytes: 7_500 * MIB, wantedBytes: 5_400 * MIB },
  ...{ hasStreams: false, growthBytes: 5_400 * MIB, remedy: 'STREAM_MAX_BYTES=1073741824 fits' },
};
const port = { port: 4222, setting: 'NATS_PORT', server: 'NATS' };
const pool: PoolState = {
  ...{ pool: 'payments', deployment: 'sagaline-payments', own: '1.0', current: '1.0', changedAt: NOW },
  ...{ served: true, ramping: undefined, manager: undefined },
  versions: [{ buildId: '1.0', createdAt: NOW, status: 'current', polled: true, pinned: 3 }],
};
const credential = (expiresInDays: number, more: Partial<Credential> = {}): Credential => ({
  ...{ where: 'API_KEYS_FILE keys.json', what: 'API key a of web-shop', remedy: 'sagaline api-keys create' },
  expires: new Date(NOW.getTime() + expiresInDays * DAY_MS),
  ...more,
});
const configuration = (environment: Environment) =>
  checkConfiguration(environment, (given) => readConfig(given, { providers: [], database: 'none' })).findings;
const production = {
  ...{ NODE_ENV: 'production', NATS_URL: 'nats://127.0.0.1:4222', TEMPORAL_ADDRESS: '127.0.0.1:7233' },
  ...{ GATEWAY_AUTH: 'required', TEMPORAL_UI_URL: 'http://127.0.0.1:8233' },
};

const MANAGED = { ...pool, served: false, current: '2.0', manager: 'worker-controller/7' };

const BROKEN: readonly (readonly [what: string, code: string, remedy: RegExp, findings: () => Finding[]])[] =
  [
    ['Node.js 18', 'node-version', /nvm install/, () => checkNode('18.20.0', '^20.19 || ^22.13 || >=24')],
    ['Node.js 23', 'node-version', /nvm install/, () => checkNode('23.1.0', '^20.19 || ^22.13 || >=24')],
    [
      'a password in production that everyone knows',
      'configuration',
      /set NATS_URL/,
      () => [...configuration({ ...production, NATS_URL: 'nats://sagaline:sagaline@127.0.0.1:4222' })],
    ],
    [
      'a setting that is no number',
      'configuration',
      /set NATS_PORT/,
      () => [...configuration({ NATS_PORT: 'many' })],
    ],
    [
      'a deployment without NODE_ENV',
      'node-env',
      /NODE_ENV=production/,
      () => [...configuration({ NATS_URL: 'nats://nats.example:4222' })],
    ],
    [
      'what production would refuse, in a deployment without NODE_ENV',
      'not-for-production',
      /set GATEWAY_AUTH/,
      () => [
        ...configuration({
          ...production,
          NODE_ENV: 'test',
          NATS_URL: 'nats://a.example:4222',
          GATEWAY_AUTH: 'none',
        }),
      ],
    ],
    [
      'a server that is away',
      'server-away',
      /NATS_URL/,
      () => checkServers([{ ...nats, state: { kind: 'away', why: 'CONNECTION_REFUSED' } }]),
    ],
    [
      'a server of the local stack that is away',
      'server-away',
      /sagaline start/,
      () => checkServers([{ ...nats, external: false, state: { kind: 'away', why: 'CONNECTION_REFUSED' } }]),
    ],
    [
      'a server that refuses the credentials',
      'server-refuses',
      /NATS_URL/,
      () => checkServers([{ ...nats, state: { kind: 'refused', why: "'Authorization Violation'" } }]),
    ],
    [
      'a database that does not exist',
      'database-missing',
      /createdb shop.* DATABASE_URL/,
      () =>
        checkServers([
          {
            ...{ ...nats, server: 'PostgreSQL' },
            state: { kind: 'lacks', what: 'database', name: 'shop', setting: 'DATABASE_URL' },
          },
        ]),
    ],
    [
      'a namespace that does not exist',
      'namespace-missing',
      /namespace create --namespace shop.* TEMPORAL_NAMESPACE/,
      () =>
        checkServers([
          {
            ...{ ...nats, server: 'Temporal' },
            state: { kind: 'lacks', what: 'namespace', name: 'shop', setting: 'TEMPORAL_NAMESPACE' },
          },
        ]),
    ],
    [
      'a port that another program has',
      'port-taken',
      /NATS_PORT/,
      () => checkPorts([{ ...port, taken: true }], { stackRuns: false }),
    ],
    [
      'a disk without room for the streams',
      'disk-too-small',
      /STREAM_MAX_BYTES=1073741824/,
      () => checkDisk({ ...room, offeredBytes: 3_000 * MIB }),
    ],
    [
      'a disk that is full before the streams are',
      'disk-fills-first',
      /STREAM_MAX_BYTES=/,
      () => checkDisk({ ...room, hasStreams: true, growthBytes: 11_000 * MIB }),
    ],
    [
      'a full disk',
      'disk-full',
      /DATA_DIR/,
      () => checkDisk({ ...room, hasStreams: true, freeBytes: 10 * MIB }),
    ],
    [
      'an account of NATS that is too small',
      'account-limit',
      /Raise it/,
      () =>
        checkAccount(
          new AccountLimitsError([{ limit: 'max_consumers', needed: 64, allowed: 10, remedy: 'Raise it.' }]),
        ),
    ],
    [
      'a stream that is missing',
      'stream-missing',
      /sagaline provision/,
      () => checkStreams([{ kind: 'stream-missing', name: 'EVENTS', text: '' }], { provision: 'create' }),
    ],
    [
      'a stream that cannot be changed into the right one',
      'stream-differs',
      /account of its own/,
      () =>
        checkStreams([{ kind: 'stream-differs', name: 'EVENTS', fixed: true, text: '' }], {
          provision: 'create',
        }),
    ],
    [
      'a wrong consumer that others make',
      'consumer-differs',
      /PROVISION=check/,
      () => checkStreams([{ kind: 'consumer-differs', name: 'bridge-07', text: '' }], { provision: 'check' }),
    ],
    [
      'a full stream',
      'stream-full',
      /STREAM_MAX_BYTES/,
      () => checkFill([{ stream: 'EVENTS', complaint: 'full: 99 % of its limit', full: true }]),
    ],
    [
      'a stream near its end',
      'stream-fills',
      /DEAD_LETTERS_MAX_BYTES/,
      () => checkFill([{ stream: 'DEAD_LETTERS', complaint: 'nearly full', full: false }]),
    ],
    [
      'a search attribute that is missing',
      'search-attribute-missing',
      /temporal operator search-attribute create --namespace shop --name SagaState/,
      () => checkSearchAttributes(['SagaState'], 'shop'),
    ],
    [
      'a migration that is not applied',
      'migration-pending',
      /sagaline provision/,
      () => checkMigrations([{ set: 'shop', pending: ['2_more'], unknown: [] }]),
    ],
    [
      'a database that is newer than the code',
      'migration-unknown',
      /deploy the code/,
      () => checkMigrations([{ set: 'shop', pending: [], unknown: ['3_later'] }]),
    ],
    [
      'a pool without workers',
      'pool-not-polled',
      /sagaline run worker:payments/,
      () => checkPools([{ ...pool, served: false, versions: [] }]),
    ],
    [
      'workers of another version than the current one',
      'wrong-version-polls',
      /deploy set-current payments/,
      () => checkPools([{ ...pool, served: false, current: '0.9' }]),
    ],
    [
      'the same, where another client makes versions current',
      'wrong-version-polls',
      /let worker-controller\/7 make another version current/,
      () => checkPools([MANAGED]),
    ],
    [
      'the same, where nothing polls',
      'pool-not-polled',
      /start workers of a version, or let worker-controller\/7 make another version current/,
      () => checkPools([{ ...MANAGED, current: undefined, versions: [] }]),
    ],
    [
      'one open saga on a version that nobody polls',
      'version-not-polled',
      /deploy move payments --from 0.8/,
      () =>
        checkPools([
          {
            ...pool,
            versions: [{ buildId: '0.8', createdAt: NOW, status: 'draining', polled: false, pinned: 1 }],
          },
        ]),
    ],
    [
      'a clock that is a minute behind',
      'clock-apart',
      /timedatectl/,
      () => checkClock([{ server: 'DATABASE_URL', aheadMs: -60_000 }]),
    ],
    ['a key that has expired', 'key-expired', /api-keys create/, () => checkExpiry([credential(-1)], NOW)],
    [
      'a key with less than two weeks left',
      'key-expires-soon',
      /api-keys create/,
      () => checkExpiry([credential(13.9)], NOW),
    ],
    [
      'a key that cannot be used',
      'key-unusable',
      /api-keys create/,
      () => checkExpiry([credential(99, { unusable: 'is revoked' })], NOW),
    ],
  ];

test.each(BROKEN)('%s is found: %s', (_what, code, remedy, examine) => {
  const troubles = examine().filter(({ level }) => level !== 'ok');
  expect(troubles).toContainEqual(
    expect.objectContaining({ code, remedy: expect.stringMatching(remedy) as string }),
  );
  // Each names where it is, and says something.
  for (const { where, what } of troubles) expect([where, what]).not.toContain(undefined);
  expect(new Set(troubles.map((finding) => ('code' in finding ? finding.code : '')))).toContain(code);
});

const HEALTHY: readonly (readonly [what: string, findings: () => readonly Finding[]])[] = [
  ['Node.js 22', () => checkNode('22.13.0', '^20.19 || ^22.13 || >=24')],
  ['the defaults of the local stack', () => configuration({})],
  ['a server that answers', () => checkServers([nats])],
  ['ports of the running stack', () => checkPorts([{ ...port, taken: true }], { stackRuns: true })],
  ['a large disk', () => checkDisk(room)],
  ['streams as they must be', () => checkStreams([], { provision: 'create' })],
  ['a pool with workers', () => checkPools([pool])],
  ['a clock that is a second off', () => checkClock([{ server: 'DATABASE_URL', aheadMs: 1_000 }])],
  ['an old key that another one replaces', () => checkExpiry([credential(-1, { replaced: true })], NOW)],
  ['a key with more than two weeks left', () => checkExpiry([credential(14.1)], NOW)],
];

test.each(HEALTHY)('%s is not complained of', (_what, examine) => {
  const levels = examine().map(({ level }) => level);
  expect(levels.length).toBeGreaterThan(0);
  expect(new Set(levels)).toEqual(new Set(['ok']));
});

test('the setting is named once, beside what is wrong with it', () => {
  const [finding] = configuration({ NATS_URL: 'http://127.0.0.1' });
  expect(finding).toMatchObject({ where: 'NATS_URL', what: expect.stringMatching(/^must/) as string });
});

test('the verdict counts in words', () => {
  const verdict = (problems: number, warnings: number) => asText([], [], { problems, warnings }).trim();
  expect(verdict(1, 2)).toBe('1 problem, 2 warnings.');
  expect(verdict(3, 1)).toBe('3 problems, 1 warning.');
  expect(verdict(0, 0)).toBe('Nothing is wrong.');
});

test('the warning about production does not keep the rest from being examined', () => {
  const read = (given: Environment): Config => readConfig(given, { providers: [], database: 'none' });
  expect(checkConfiguration({ NATS_URL: 'nats://nats.example:4222' }, read).config).toBeDefined();
  expect(checkConfiguration({ NATS_PORT: 'many' }, read).config).toBeUndefined();
});
