import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { parse } from 'yaml';
import { deploymentOf, problemsOf } from '../../../../scripts/deployment';
import { commandOf, oursIn } from '../../../../scripts/deployment/checks';
import { readCompose } from '../../../../scripts/deployment/compose';
import { lint, npmProgram } from '../../../../scripts/linter';
import { loginRoles, passwordVariable, rolesScript } from '../../../../src/adapters/postgres';
import { loadApp } from '../../../../src/runtime/load';
import { tablesOf } from '../../../../src/runtime/migrations';

const ours = deploymentOf(path.resolve(__dirname, '../../../..'));

test('the deployment of this repository is sound', () => {
  expect(problemsOf(ours)).toEqual([]);
});

test('Prometheus asks each process that runs, and no other', () => {
  const root = path.resolve(__dirname, '../../../..');
  const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
  const config = parse(read('deploy/observability/prometheus.yml')) as {
    readonly scrape_configs: readonly { readonly dns_sd_configs: readonly { readonly names: string[] }[] }[];
  };
  const names = config.scrape_configs.flatMap(({ dns_sd_configs }) =>
    dns_sd_configs.flatMap((each) => each.names),
  );
  const running = oursIn(readCompose(read('docker-compose.yml')))
    .filter(([, service]) => commandOf(service)[0] === 'run')
    .map(([name]) => name);
  expect(names.sort()).toEqual(running.sort());
});

/** A break: below which line of the file, what stands there, what stands there instead, and what is said of it. */
type Break = readonly [
  what: string,
  below: string,
  was: string | RegExp,
  is: string,
  told: readonly string[],
];

const composeBreaks: readonly Break[] = [
  [
    'a shell variable that Compose would take for its own',
    '  temporal-schema:',
    '$$kind',
    '$kind',
    ['"$kind" is none of ${NAME:-default}, ${NAME:?message} and "$$"'],
  ],
  [
    'a variable without a default',
    '  postgres:',
    '${POSTGRES_PASSWORD:?see the top of this file}',
    '${POSTGRES_PASSWORD}',
    ['"${POSTGRES_PASSWORD" is none of ${NAME:-default}, ${NAME:?message} and "$$"'],
  ],
  [
    'a secret with a default',
    '  postgres:',
    '${POSTGRES_PASSWORD:?see the top of this file}',
    '${POSTGRES_PASSWORD:-sagaline}',
    ['"${POSTGRES_PASSWORD:-sagaline}" is a secret with a default'],
  ],
  [
    'an open gateway',
    '  gateway:',
    '${GATEWAY_AUTH:-required}',
    'none',
    ['services.gateway.environment: GATEWAY_AUTH: must not be none in production'],
  ],
  [
    'a gateway that knows nobody',
    '  gateway:',
    'API_KEYS_FILE: /run/secrets/api-keys',
    'LOG_FORMAT: json',
    [
      'services.gateway.environment: GATEWAY_AUTH: tokens are required, so set API_KEYS_FILE, or JWT_JWKS_URL with JWT_ISSUER and JWT_AUDIENCE',
    ],
  ],
  [
    'signers without a key',
    'x-signer:',
    'EVENT_SIGNING_KEY_FILE: /run/secrets/event-signing-key',
    'LOG_FORMAT: json',
    ['gateway', 'relay'].map(
      (role) =>
        `services.${role}.environment: EVENT_SIGNING_KEY_FILE is missing: EVENT_SIGNATURES is require by default in production, so that what is not signed would be refused`,
    ),
  ],
  [
    'a worker that stores personal fields in clear',
    '  worker-inventory:',
    ', *personal-data',
    '',
    [
      'services.worker-inventory.environment: PERSONAL_DATA_KEYS_FILE is missing: contracts of this project mark personal fields; PERSONAL_DATA=clear stores them in clear',
    ],
  ],
  [
    'waiting for the health of what has no healthcheck',
    '  nats:',
    /healthcheck:\n(?: {6}.*\n)+/,
    'tty: true\n',
    ['services.provision.depends_on.nats: waits for its health, and it has no healthcheck'],
  ],
  [
    'waiting for the end of what is started again',
    '  temporal-schema:',
    'on-failure:5',
    'unless-stopped',
    [
      'services.temporal.depends_on.temporal-schema: waits for its end, and its restart policy is "unless-stopped"',
    ],
  ],
  [
    'an end that nobody waits for',
    '  providers:',
    'sandbox-stock: { condition: service_completed_successfully }',
    'nats: { condition: service_healthy }',
    ['services.sandbox-stock.restart: it ends by itself, and no service waits for its end'],
  ],
  [
    'a file that is not there',
    '  nats:',
    'deploy/nats-server.conf',
    'deploy/nats.conf',
    ['services.nats.volumes: there is no ./deploy/nats.conf'],
  ],
  [
    'a service without a limit',
    '  nats:',
    ', memory: 512M',
    '',
    ['services.nats.deploy.resources.limits.memory: is missing'],
  ],
  [
    'an endpoint that is open to all',
    '  gateway:',
    '127.0.0.1:${GATEWAY_PORT:-8080}',
    '8080',
    ['services.gateway.ports: "8080:8080" is not published on loopback'],
  ],
  [
    'one port for two',
    '  gateway:',
    'ports:',
    'deploy: { <<: *small, replicas: 2 }\n    ports:',
    ['services.gateway.ports: several replicas cannot share a port'],
  ],
  [
    'a role that there is not',
    '  relay:',
    "['run', 'relay']",
    "['run', 'relai']",
    [
      'services.relay.command: "relai" is no role; roles are gateway, bridge, subscriber, relay, console, codec-server, providers, worker:orders, worker:inventory, worker:payments, worker:shipping, worker:notifications, provision, deploy set-current',
      'services: none runs the role "relay"',
    ],
  ],
  [
    'a missing setting',
    '  worker-shipping:',
    ', *carrier',
    '',
    ['URL', 'API_KEY', 'WEBHOOK_SECRET'].map(
      (name) => `services.worker-shipping.environment: PROVIDER_CARRIER_${name} is missing`,
    ),
  ],
  [
    'a wrong setting',
    '  worker-orders:',
    '<<: [*environment, *personal-data]\n',
    '<<: [*environment, *personal-data]\n      NATS_URL: nats\n',
    [
      'services.worker-orders.environment: NATS_URL: must be an address such as nats://127.0.0.1:4222 or tls://nats.example.com:4222',
    ],
  ],
  [
    'secrets that are not its own',
    '  worker-shipping:',
    ', *carrier',
    ', *carrier, *payment-provider',
    ['URL', 'API_KEY', 'WEBHOOK_SECRET'].map(
      (name) =>
        `services.worker-shipping.environment: PROVIDER_PAYMENT_PROVIDER_${name} is not this role's to know`,
    ),
  ],
  [
    'the role of another process',
    '  worker-shipping:',
    'sagaline_worker_shipping',
    'sagaline_worker_payments',
    [
      'services.worker-shipping.environment: DATABASE_URL: its user is "sagaline_worker_payments", not "sagaline_worker_shipping"',
    ],
  ],
  [
    'a database for a process that uses none',
    '  bridge:',
    'environment: { <<: [*environment, *verifier] }',
    'environment: { <<: [*environment, *verifier], DATABASE_URL: "postgresql://sagaline_relay@127.0.0.1/sagaline" }',
    ["services.bridge.environment: DATABASE_URL is not this role's to know"],
  ],
  [
    'the owner of the tables for a worker',
    '  worker-orders:',
    'DATABASE_URL:',
    'DATABASE_OWNER_URL: "postgresql://sagaline_owner@127.0.0.1/sagaline"\n      DATABASE_URL:',
    ["services.worker-orders.environment: DATABASE_OWNER_URL is not this role's to know"],
  ],
  [
    'a connection that anybody in between may read',
    '  relay:',
    '${POSTGRES_TLS:-sslmode=verify-full&sslrootcert=/run/secrets/postgres-ca}',
    'sslmode=require',
    [
      'services.relay.environment: DATABASE_URL: must say sslmode=verify-full in production, unless PostgreSQL is on this machine (docs/postgres-security.md)',
    ],
  ],
  [
    'a role with the local defaults',
    '  worker-orders:',
    '<<: [*environment, *personal-data]\n',
    '<<: [*environment, *personal-data]\n      NODE_ENV: development\n',
    ['services.worker-orders.environment: NODE_ENV is "development", not "production"'],
  ],
  [
    'the sandbox in production',
    '  providers:',
    'NODE_ENV: development',
    'NODE_ENV: production',
    ['services.providers.environment: NODE_ENV is "production", not "development"'],
  ],
  [
    'the sandbox among the others',
    '  providers:',
    /profiles: .*\n/,
    '\n',
    ['services.providers.profiles: must be [sandbox], not []'],
  ],
  [
    'another version of ours',
    '  bridge:',
    'command:',
    'image: sagaline:0.0.9\n    command:',
    ['services.bridge.image: "sagaline:0.0.9" is not the version of package.json, 0.1.0'],
  ],
  [
    'too short a time to finish',
    '  worker-orders:',
    'command:',
    'stop_grace_period: 10s\n    command:',
    ['services.worker-orders.stop_grace_period: must be longer than the 10 s that activities get'],
  ],
  [
    'more rights than it needs',
    '  bridge:',
    'command:',
    'read_only: false\n    init: false\n    cap_drop: []\n    command:',
    ['cap_drop: must be ["ALL"]', 'read_only: must be true', 'init: must be true'].map(
      (problem) => `services.bridge.${problem}`,
    ),
  ],
  [
    'a server that may get more rights',
    '  temporal-ui:',
    "security_opt: ['no-new-privileges:true']",
    'init: true',
    ['services.temporal-ui.security_opt: must have "no-new-privileges:true"'],
  ],
  [
    'a NODE_ENV of the caller’s shell',
    'x-environment:',
    '${SAGALINE_NODE_ENV:-production}',
    '${NODE_ENV:-production}',
    ['"${NODE_ENV:-production}" is what the caller’s shell has for another purpose'],
  ],
  [
    'a role that is not started again',
    '  bridge:',
    'command:',
    "restart: 'no'\n    command:",
    ['services.bridge.restart: "no" does not fit'],
  ],
];

test.each(composeBreaks)('docker-compose.yml with %s', (_, below, was, is, told) => {
  const compose = replaced(ours.compose, below, was, is);
  expect(problemsOf({ ...ours, compose })).toEqual(told.map((problem) => `docker-compose.yml: ${problem}`));
});

test.each<Break>([
  [
    'a process that knows one server',
    '  relay:',
    '{ environment: *environment }',
    '{}',
    [
      ...['nats', 'nats-2', 'nats-3'].map(
        (name) => `services.relay.environment.NATS_URL: does not have nats://${name}:4222`,
      ),
      'services.relay.environment.STREAM_REPLICAS: must be 2 to 3, the number of servers',
    ],
  ],
  [
    'another file than there is',
    '  nats-3:',
    './deploy/nats-cluster.conf',
    './deploy/nats-clusters.conf',
    ['services.nats-3.volumes: there is no ./deploy/nats-clusters.conf'],
  ],
  [
    'the volume of a single server',
    '  nats:',
    'nats-1:/data',
    'nats:/data',
    ['services.nats.volumes: nats is that of a single server, whose streams would be deleted in a cluster'],
  ],
  [
    'one volume for two servers',
    '  nats-3:',
    'nats-3:/data',
    'nats-2:/data',
    ['nats-2', 'nats-3'].map((name) => `services.${name}.volumes: must have a volume of its own at /data`),
  ],
  [
    'two servers of one name',
    '  nats-3:',
    'SERVER_NAME: nats-3',
    'SERVER_NAME: nats-2',
    ['nats-2', 'nats-3'].map((name) => `services.${name}.environment.SERVER_NAME: must be a name of its own`),
  ],
  [
    'a server of its own configuration',
    '  nats-3:',
    'ports:',
    "command: ['--config', '/etc/nats/sagaline.conf']\n    ports:",
    ['services.nats-3.command: does not read /etc/nats/cluster.conf'],
  ],
  [
    'a port that two publish',
    '  temporal-2:',
    '    ports: !reset []\n',
    '',
    ['services.temporal-2.ports: must be `!reset []`: the service that it extends has published them'],
  ],
])('docker-compose.cluster.yml with %s', (_, below, was, is, told) => {
  const cluster = replaced(ours.cluster, below, was, is);
  expect(problemsOf({ ...ours, cluster })).toEqual(
    told.map((problem) => `docker-compose.cluster.yml: ${problem}`),
  );
});

test('docker-compose.cluster.yml with fewer replicas than servers', () => {
  const cluster = replaced(ours.cluster, 'x-environment:', "'3'", "'1'");
  expect(problemsOf({ ...ours, cluster })).toHaveLength(oursIn(readCompose(ours.compose)).length);
});

const dockerfileBreaks: readonly Break[] = [
  [
    'a folder that there is not',
    'FROM',
    'COPY workflows ',
    'COPY flows ',
    ['COPY flows: there is no such file or folder'],
  ],
  [
    'a folder that .dockerignore keeps out',
    'FROM',
    'COPY workflows ',
    'COPY demo ',
    ['COPY demo: .dockerignore keeps it out'],
  ],
  [
    'too old a Node',
    'ARG',
    /=node:\S+/,
    '=node:20.18.1-slim',
    ['FROM node:20.18.1-slim: package.json wants Node ^20.19 || ^22.13 || >=24'],
  ],
  [
    'any Node of a year',
    'ARG',
    /=node:\S+/,
    '=node:24-slim',
    ['FROM node:24-slim: names no version of Node to the last number'],
  ],
  [
    'Alpine',
    'ARG',
    /=node:\S+/,
    '=node:24.21.0-alpine',
    ["FROM node:24.21.0-alpine: Temporal's native core needs glibc"],
  ],
  ['no user', 'FROM', /USER .*\n/, '', ['USER: the roles must not run as root']],
];

test.each(dockerfileBreaks)('a Dockerfile with %s', (_, below, was, is, told) => {
  const dockerfile = replaced(ours.dockerfile, below, was, is);
  expect(problemsOf({ ...ours, dockerfile })).toEqual(told.map((problem) => `Dockerfile: ${problem}`));
});

describe('linters', () => {
  let folder: string;
  beforeAll(() => void (folder = mkdtempSync(path.join(tmpdir(), 'sagaline-compose-'))));
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each([
    ['the fields of an anchor', 'x-sagaline:', 'init:', 'innit:', 'invalid-schema'],
    ['versions', '  nats:', 'nats:2.15.0-alpine', 'nats:alpine', 'service-image-require-explicit-tag'],
  ])('dclint, as it is set here, checks %s', (_, below, was, is, rule) => {
    const file = path.join(folder, 'docker-compose.yml');
    writeFileSync(file, replaced(ours.compose, below, was, is));
    expect(lint('dclint', npmProgram('dclint'), [file])).toEqual([
      expect.stringMatching(new RegExp(`^dclint:[^]* error .* ${rule}`)),
    ]);
  });

  test('one that is not there is a problem, not a success', () => {
    expect(lint('hadolint', path.join(folder, 'hadolint'), [])).toEqual([
      expect.stringContaining('hadolint did not run: '),
    ]);
  });
});

test('the roles of PostgreSQL are those that the project needs', () => {
  const file = path.join(ours.folder, 'deploy/postgres-roles.sql');
  const roles = loginRoles(tablesOf(loadApp()));
  // If not: NODE_ENV=development npx sagaline database roles > deploy/postgres-roles.sql
  expect(readFileSync(file, 'utf8')).toBe(rolesScript({ prefix: 'sagaline', roles }));
  // The one who makes the roles is given every password.
  const { environment = {} } = readCompose(ours.compose).services['database-roles'] ?? {};
  expect(Object.keys(environment)).toEqual(expect.arrayContaining(roles.map(passwordVariable)));
});

test('Temporal has databases of its own; nobody but the administrator is a superuser', () => {
  const { services } = readCompose(ours.compose);
  const environmentOf = (name: string) => services[name]?.environment ?? {};
  expect(environmentOf('temporal')).toMatchObject({ POSTGRES_USER: 'temporal', SQL_HOST_VERIFICATION: true });
  expect(environmentOf('temporal-schema')).toMatchObject({ SQL_USER: 'temporal', SQL_TLS: true });
  // The administrator's password goes to two containers: the server, and the one that makes the roles.
  const administrators = Object.keys(services).filter((name) =>
    JSON.stringify(environmentOf(name)).includes(
      createHash('sha256').update('POSTGRES_PASSWORD').digest('hex'),
    ),
  );
  expect(administrators.sort()).toEqual(['database-roles', 'postgres']);
});

test('the files that the sandbox names are there: a secret without its file starts no container', () => {
  const read = (file: string) => readFileSync(path.join(ours.folder, file), 'utf8');
  const sandbox = parseEnv(read('deploy/sandbox.env')) as Record<string, string>;
  const { secrets = {} } = readCompose(read('docker-compose.yml'), sandbox);
  const missing = Object.values(secrets).filter(({ file }) => !existsSync(path.join(ours.folder, file)));
  expect(Object.keys(secrets)).toContain('event-signing-keys');
  expect(missing).toEqual([]);
});

test('no log of a container grows without end', () => {
  const { services } = readCompose(ours.compose);
  for (const [name, { logging }] of Object.entries(services))
    expect([name, logging?.options]).toEqual([name, { 'max-size': '10m', 'max-file': '3' }]);
});

test('health is asked often at the start, and seldom later', () => {
  const { services } = readCompose(ours.compose);
  const asked = Object.values(services).flatMap(({ healthcheck = {} }) =>
    healthcheck.disable === true || Object.keys(healthcheck).length === 0 ? [] : [healthcheck],
  );
  expect(asked.length).toBeGreaterThan(10);
  for (const each of asked) expect(each).toMatchObject({ interval: '30s', start_interval: '1s' });
});

test('a digest goes with the tag', () => {
  const digest = `sha256:${'0'.repeat(64)}`;
  const compose = replaced(ours.compose, '  nats:', 'nats:2.15.0-alpine', `nats:2.15.0-alpine@${digest}`);
  const dockerfile = ours.dockerfile.replace(/^ARG .*/m, (line) => `${line}@${digest}`);
  expect(problemsOf({ ...ours, compose, dockerfile })).toEqual([]);
});

function replaced(text: string, below: string, was: string | RegExp, is: string): string {
  const at = `\n${text}`.indexOf(`\n${below}`);
  const rest = text.slice(at);
  const changed = rest.replace(was, () => is);
  if (at < 0 || changed === rest) throw new Error(`there is no ${String(was)} below ${below}`);
  return text.slice(0, at) + changed;
}
