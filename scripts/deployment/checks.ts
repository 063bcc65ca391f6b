// Checks that linters of compose files do not have: Sagaline's roles, their settings, and how Docker Compose waits for services.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { InvalidConfigError } from '../../src/config';
import { webhookProviders } from '../../src/contracts';
import { appConfig, getsPersonalData } from '../../src/runtime/config';
import { loadApp } from '../../src/runtime/load';
import { databaseUseOf, providersOf, rolesOf, signatureNeedsOf } from '../../src/runtime/roles';
import type { Compose, Service } from './compose';
import { databaseProblems } from './database';

export interface Surroundings {
  /** The folder with docker-compose.yml. */
  readonly folder: string;
  /** `version` of package.json. */
  readonly version: string;
  /** Environment variables that the image sets. */
  readonly imageEnvironment: Readonly<Record<string, string>>;
}

type Check = (compose: Compose, surroundings: Surroundings) => readonly string[];

/** Name of our image. */
const IMAGE = 'sagaline';
/** Commands of the image that are not roles: they do their work and end. */
const ONE_OFF_JOBS = ['provision', 'deploy set-current'];
/** The provider sandbox, which refuses to run in production. */
const SANDBOX = 'providers';
const SANDBOX_PROFILE = 'sandbox';
/** Time in which a stopped worker lets its activities finish, see src/runtime/roles/worker.ts; closing takes longer. */
const GRACE_S = 10;

const app = loadApp();
const COMMANDS = [...Object.keys(rolesOf(app)), ...ONE_OFF_JOBS];

/** The services that run our image. */
export function oursIn({ services }: Compose): readonly (readonly [string, Service])[] {
  return Object.entries(services).filter(([, { image }]) => image?.split(':')[0] === IMAGE);
}

export function commandOf({ command }: Service): readonly string[] {
  return typeof command === 'string' ? command.split(/\s+/) : (command ?? []);
}

/** The role of a service, from `run <role>`, or its other command. */
export function roleOf(service: Service): string {
  const words = commandOf(service);
  return (words[0] === 'run' ? words.slice(1) : words).join(' ');
}

/** The environment of a service that runs our image: the variables of the image, then those of the service. */
export function environmentIn(
  { environment = {} }: Service,
  { imageEnvironment }: Pick<Surroundings, 'imageEnvironment'>,
): Readonly<Record<string, string>> {
  const pairs = isList(environment)
    ? environment.map((pair) => pair.split(/=(.*)/s, 2) as [string, string])
    : Object.entries(environment).map(([name, value]) => [name, String(value ?? '')]);
  return { ...imageEnvironment, ...(Object.fromEntries(pairs) as Record<string, string>) };
}

const each =
  (
    check: (service: Service, name: string, compose: Compose, surroundings: Surroundings) => string[],
  ): Check =>
  (compose, surroundings) =>
    Object.entries(compose.services).flatMap(([name, service]) =>
      check(service, name, compose, surroundings).map((problem) => `services.${name}.${problem}`),
    );

const eachOfOurs =
  (check: (service: Service, role: string, surroundings: Surroundings) => string[]): Check =>
  (compose, surroundings) =>
    oursIn(compose).flatMap(([name, service]) =>
      check(service, roleOf(service), surroundings).map((problem) => `services.${name}.${problem}`),
    );

/** The condition that a service waits for must be able to come: Docker Compose checks this only when it starts the services. */
const waits = each((service, _, { services }) =>
  dependenciesOf(service).flatMap(([needed, condition]) => {
    const field = `depends_on.${needed}`;
    const target = services[needed];
    if (target === undefined) return [];
    if (condition === 'service_healthy' && !tellsItsHealth(target))
      return [`${field}: waits for its health, and it has no healthcheck`];
    if (condition === 'service_completed_successfully' && !isOneShot(target))
      return [`${field}: waits for its end, and its restart policy is "${target.restart ?? 'no'}"`];
    return [];
  }),
);

/** `docker compose up --wait` treats the end of a service as a failure, unless another service waits for that end. */
const oneShots = each((service, name, { services }) => {
  if (service.restart?.startsWith('on-failure') !== true) return [];
  const awaited = Object.values(services).some((other) =>
    dependenciesOf(other).some(
      ([needed, condition]) => needed === name && condition === 'service_completed_successfully',
    ),
  );
  return awaited ? [] : ['restart: it ends by itself, and no service waits for its end'];
});

const files = each(({ volumes = [] }, _name, _compose, { folder }) =>
  volumes
    .map(sourceOf)
    .filter((source) => /^[./~]/.test(source) && !existsSync(path.resolve(folder, source)))
    .map((source) => `volumes: there is no ${source}`),
);

const limits = each(({ deploy }) => {
  const given = deploy?.resources?.limits;
  return (['cpus', 'memory'] as const)
    .filter((limit) => given?.[limit] === undefined)
    .map((limit) => `deploy.resources.limits.${limit}: is missing`);
});

const endpoints = each(({ ports = [], deploy }) => [
  ...ports
    .filter((port) => typeof port !== 'string' || !port.startsWith('127.0.0.1:'))
    .map((port) => `ports: ${JSON.stringify(port)} is not published on loopback`),
  ...((deploy?.replicas ?? 1) > 1 && ports.length > 0 ? ['ports: several replicas cannot share a port'] : []),
]);

/** Roles that a deployment may do without: this one needs keys, and tokens for people. */
const OPTIONAL = ['codec-server'];

/** Checks the commands, and that each role has a service. */
const commands: Check = (compose) => {
  const run = oursIn(compose).map(([name, service]) => ({ name, role: roleOf(service) }));
  return [
    ...run
      .filter(({ role }) => !COMMANDS.includes(role))
      .map(
        ({ name, role }) =>
          `services.${name}.command: "${role}" is no role; roles are ${COMMANDS.join(', ')}`,
      ),
    ...COMMANDS.filter(
      (role) => !OPTIONAL.includes(role) && !run.some((service) => service.role === role),
    ).map((role) => `services: none runs the role "${role}"`),
  ];
};

const settings = eachOfOurs((service, role, surroundings) => {
  const environment = environmentIn(service, surroundings);
  const wanted = role === SANDBOX ? 'development' : 'production';
  const problems =
    environment['NODE_ENV'] === wanted
      ? []
      : [`NODE_ENV is "${environment['NODE_ENV'] ?? ''}", not "${wanted}"`];
  const needed = providersOf(app, role);
  const foreign = webhookProviders(app.domains)
    .filter((provider) => !needed.includes(provider))
    .map((provider) => `PROVIDER_${provider.toUpperCase().replaceAll('-', '_')}_`);
  const secrets = Object.keys(environment).filter((name) =>
    foreign.some((prefix) => name.startsWith(prefix)),
  );
  problems.push(...secrets.map((name) => `${name} is not this role's to know`));
  if (COMMANDS.includes(role)) problems.push(...databaseProblems(app, role, environment));
  try {
    // Production settings apply to the sandbox too: the local defaults of development are not addresses of containers.
    const needs = {
      servesGateway: role === 'gateway',
      database: databaseUseOf(app, role),
      personalData: getsPersonalData(role),
      signatures: signatureNeedsOf(role),
    };
    appConfig(app, needed, { ...withToken(environment), NODE_ENV: 'production' }, needs);
  } catch (error) {
    if (!(error instanceof InvalidConfigError)) throw error;
    problems.push(...error.problems);
  }
  return problems.map((problem) => `environment: ${problem}`);
});

/** The token of a role is in a file of its container. */
function withToken(environment: Readonly<Record<string, string>>): Record<string, string> {
  const { TEMPORAL_API_KEY_FILE: file, ...others } = environment;
  return file === undefined ? others : { ...others, TEMPORAL_API_KEY: 'a token' };
}

/** Checks what a process of ours is allowed to do, and how it ends. */
const keeping = eachOfOurs((service, role, { version }) => {
  const { image, read_only, init, stop_grace_period, restart, profiles = [] } = service;
  const wantedProfiles = role === SANDBOX ? [SANDBOX_PROFILE] : [];
  const restarts = ONE_OFF_JOBS.includes(role) ? /^on-failure/ : /^(unless-stopped|always)$/;
  return [
    ...(image === `${IMAGE}:${version}`
      ? []
      : [`image: "${image ?? ''}" is not the version of package.json, ${version}`]),
    ...(read_only === true ? [] : ['read_only: must be true']),
    ...(init === true ? [] : ['init: must be true']),
    ...(secondsOf(stop_grace_period ?? '10s') > GRACE_S
      ? []
      : [`stop_grace_period: must be longer than the ${GRACE_S} s that activities get`]),
    ...(restarts.test(restart ?? '') ? [] : [`restart: "${restart ?? 'no'}" does not fit`]),
    ...(profiles.join() === wantedProfiles.join()
      ? []
      : [`profiles: must be [${wantedProfiles.join(', ')}], not [${profiles.join(', ')}]`]),
  ];
});

/** What no service needs, of whomever its image is. */
const privileges = each(({ cap_drop, security_opt }) => [
  ...(cap_drop?.includes('ALL') === true ? [] : ['cap_drop: must be ["ALL"]']),
  ...(security_opt?.includes('no-new-privileges:true') === true
    ? []
    : ['security_opt: must have "no-new-privileges:true"']),
]);

export const checks: readonly Check[] = [
  privileges,
  waits,
  oneShots,
  files,
  limits,
  endpoints,
  commands,
  settings,
  keeping,
];

function dependenciesOf({ depends_on = {} }: Service): readonly (readonly [string, string])[] {
  return isList(depends_on)
    ? depends_on.map((name) => [name, 'service_started'] as const)
    : Object.entries(depends_on).map(([name, { condition }]) => [name, condition] as const);
}

function isList(value: object): value is readonly string[] {
  return Array.isArray(value);
}

function tellsItsHealth({ healthcheck, image }: Service): boolean {
  if (healthcheck?.disable === true) return false;
  // Our image has a health check of its own.
  return healthcheck?.test !== undefined || image?.split(':')[0] === IMAGE;
}

function isOneShot({ restart }: Service): boolean {
  return restart === undefined || restart === 'no' || restart.startsWith('on-failure');
}

export function sourceOf(volume: string | { readonly source?: string }): string {
  return typeof volume === 'string' ? (volume.split(':')[0] ?? '') : (volume.source ?? '');
}

function secondsOf(duration: string): number {
  const [, minutes = '0', seconds = '0'] = /^(?:(\d+)m)?(?:(\d+)s)?$/.exec(duration) ?? [];
  return Number(minutes) * 60 + Number(seconds);
}
