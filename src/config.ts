import { z } from 'zod';
import { InvalidConfigError, PARTITIONS } from './contracts';

export { InvalidConfigError };

/**
 * The one configuration: read from the environment once, in an entry point, and passed on as an object. Outside of
 * production every setting has a default that fits the local stack; in production addresses and secrets must be given.
 */

/** Settings of the local stack; worthless anywhere else, secrets included. */
const LOCAL_SETTINGS: Readonly<Record<string, string>> = {
  NATS_URL: 'nats://127.0.0.1:4222',
  TEMPORAL_ADDRESS: '127.0.0.1:7233',
  TEMPORAL_UI_URL: 'http://127.0.0.1:8233',
  DATABASE_URL: 'postgresql://sagaline:sagaline@127.0.0.1:5440/sagaline',
  SHUTDOWN_DELAY_MS: '0',
};

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;
const DAY = 24 * 60 * 60 * 1_000;

const portNumber = z.coerce.number().int().min(1).max(65_535);
const port = (preset: number) => portNumber.default(preset);
/**
 * A span of time in milliseconds, of a day at most unless said otherwise.
 *
 * @example
 * z.object({ ALERT_ACKNOWLEDGE_WITHIN_MS: milliseconds(30_000) });
 */
export const milliseconds = (preset: number, max = DAY) =>
  z.coerce.number().int().min(1).max(max).default(preset);
const days = (preset: number) => z.coerce.number().int().min(1).max(3_650).default(preset);
const url = (protocol: RegExp, example: string) =>
  z.url({ protocol, error: `must be an address such as ${example}` });
/** A cluster is several addresses, with commas between them. */
const urls = (protocol: RegExp, example: string) => {
  const one = z.url({ protocol });
  const message = `must be an address such as ${example}`;
  return z
    .string()
    .refine((text) => text.split(',').every((address) => one.safeParse(address).success), message);
};
const httpUrl = url(/^https?$/, 'https://api.example.com/v1');

const schema = z.object({
  NODE_ENV: z.enum(['development', 'test', 'production']).default('development'),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  /** `pretty` for people, `json` for machines. */
  LOG_FORMAT: z.enum(['pretty', 'json']).optional(),

  NATS_URL: urls(/^(nats|tls|wss?)$/, 'nats://127.0.0.1:4222'),
  /** JetStream's domain, where it is behind leaf nodes: its API is `$JS.<domain>.API`. Not with `NATS_JS_API_PREFIX`. */
  NATS_JS_DOMAIN: z
    .string()
    .regex(/^[^\s.*>]+$/, 'must be one word without ".", "*" and ">"')
    .optional(),
  /** JetStream's API where it is imported from another account, such as `JS.hub`. */
  NATS_JS_API_PREFIX: z
    .string()
    .regex(/^[^\s.*>]+(\.[^\s.*>]+)*$/, 'must be a subject without wildcards, such as JS.hub')
    .optional(),
  /** `check`: streams and consumers are made by others; they are compared with what is needed, and never changed. */
  PROVISION: z.enum(['create', 'check']).default('create'),
  TEMPORAL_ADDRESS: z.string().regex(/^[^\s:/]+:\d{1,5}$/, 'must be host:port, such as 127.0.0.1:7233'),
  TEMPORAL_NAMESPACE: z.string().min(1).max(255).default('default'),
  /** Temporal Cloud; implies TLS. */
  TEMPORAL_API_KEY: z.string().min(1).optional(),
  /** A file with the API key, instead: it is read again every few seconds, so that the key rotates without a restart. */
  TEMPORAL_API_KEY_FILE: z.string().min(1).optional(),
  /** Where people look at workflows. */
  TEMPORAL_UI_URL: httpUrl.default('http://127.0.0.1:8233'),
  DATABASE_URL: url(/^postgres(ql)?$/, 'postgresql://user:password@host:5432/database'),
  /**
   * PostgreSQL itself, where `DATABASE_URL` is a PgBouncer in transaction mode: for the relay's lock and for migrations.
   * Default: `DATABASE_URL`.
   */
  DATABASE_DIRECT_URL: url(/^postgres(ql)?$/, 'postgresql://user:password@host:5432/database').optional(),
  DATABASE_POOL_SIZE: z.coerce.number().int().min(1).max(500).default(10),

  /**
   * The version of the workers' code. Without it a build goes by its workflows' hash or the package's version:
   * docs/deploys.md.
   */
  BUILD_ID: z
    .string()
    .regex(/^[\w.+-]{1,100}$/, 'must be 1 to 100 letters, digits, "_", ".", "+" and "-"')
    .optional(),
  /** `off` for a Temporal that knows no worker deployments. */
  WORKER_VERSIONING: z.enum(['on', 'off']).default('on'),

  STREAM_REPLICAS: z.coerce.number().int().min(1).max(5).default(1),
  STREAM_MAX_BYTES: z.coerce
    .number()
    .int()
    .min(MIB)
    .default(4 * GIB),

  /** Of the dead letters. While their stream is full, further ones are parked: docs/operating.md. */
  DEAD_LETTERS_MAX_BYTES: z.coerce.number().int().min(MIB).default(GIB),
  /** Of the record of what people have done. */
  OPERATIONS_MAX_BYTES: z.coerce
    .number()
    .int()
    .min(MIB)
    .default(256 * MIB),
  /** Dead letters that were redriven or discarded longer ago are removed; open ones stay for good. */
  DEAD_LETTERS_RETENTION_DAYS: days(90),
  /** Decisions about processes that are older are removed; what was done with a dead letter goes with the letter. */
  OPERATIONS_RETENTION_DAYS: days(400),
  /**
   * The rows by which a step is done once stay at least this long after the latest change of their process. Default: as long
   * as an event may be repeated from the stream, and then redriven as a dead letter, and 60 days more.
   */
  EFFECTS_RETENTION_DAYS: z.coerce.number().int().min(1).max(36_500).optional(),

  /** Events older than this are forgotten, once everybody has acknowledged them; and published rows of the outbox. */
  EVENTS_RETENTION_DAYS: days(30),

  /** Name of the group of bridges that share the work; part of the durable consumers' names. */
  BRIDGE_NAME: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,31}$/, 'must be 1 to 32 lower-case letters, digits and "-"')
    .default('bridge'),

  /** Events that one bridge hands to Temporal at once, at most: one of each partition is what all bridges have together. */
  BRIDGE_CONCURRENCY: z.coerce.number().int().min(1).max(PARTITIONS).default(PARTITIONS),
  /** Workflow tasks that may wait for a worker before the bridge slows down. */
  BRIDGE_MAX_BACKLOG: z.coerce.number().int().min(1).max(10_000_000).default(5_000),

  /** Attempts of a subscription's handler at one event, while its surroundings are sound, before the event is a dead letter. */
  SUBSCRIPTION_ATTEMPTS: z.coerce.number().int().min(1).max(1_000).default(30),

  GATEWAY_HOST: z.string().min(1).default('127.0.0.1'),
  GATEWAY_PORT: port(8080),
  /**
   * After SIGTERM the gateway's /readyz answers 503 for this long before its door closes: until load balancers have looked and
   * send it nothing more. Part of the 14 s within which a process stops. 0 by default outside of production.
   */
  SHUTDOWN_DELAY_MS: z.coerce.number().int().min(0).max(10_000).default(5_000),
  /** Every other role serves /livez, /readyz and /metrics here when the port is set. */
  HEALTH_HOST: z.string().min(1).default('127.0.0.1'),
  HEALTH_PORT: portNumber.optional(),

  /** Local stack: where data stays between runs, and on which ports its servers listen. */
  DATA_DIR: z.string().min(1).default('.sagaline'),
  NATS_PORT: port(4222),
  TEMPORAL_PORT: port(7233),
  TEMPORAL_UI_PORT: port(8233),
  TEMPORAL_HTTP_PORT: port(7243),
  TEMPORAL_METRICS_PORT: port(7253),
  POSTGRES_PORT: port(5440),
  PATH: z.string().optional(),
});

type Settings = z.infer<typeof schema>;

/** How to reach a provider, and how its webhooks prove where they come from. */
export interface ProviderSettings {
  readonly url: string;
  readonly apiKey: string;
  /** The current secret first; an old one may stay until the provider has changed over. */
  readonly webhookSecrets: readonly string[];
}

/** Settings of the worker pools, each with its own name in the place of the star. */
const POOL_SETTING = /^POOL_(.+)_ACTIVITIES_PER_SECOND$/;
/** Temporal takes this for no limit at all; a fraction is an activity every few seconds. */
const perSecond = z.coerce.number('must be a number').positive('must be above 0').max(100_000);

/** The settings of one process, as they were read. */
export interface Config extends Omit<
  Settings,
  'LOG_FORMAT' | 'DATABASE_DIRECT_URL' | 'EFFECTS_RETENTION_DAYS'
> {
  readonly DATABASE_DIRECT_URL: string;
  readonly EFFECTS_RETENTION_DAYS: number;
  /** How to reach NATS, and JetStream there. */
  readonly nats: {
    readonly url: string;
    readonly domain?: string | undefined;
    readonly apiPrefix?: string | undefined;
  };
  /** What the domains' own settings say, by the name of the domain. */
  readonly ofDomains: Readonly<Record<string, object>>;
  readonly LOG_FORMAT: 'pretty' | 'json';
  readonly providers: Readonly<Record<string, ProviderSettings>>;
  /** By worker pool, for those that have a limit: how many activities its task queue gives out. */
  readonly activitiesPerSecond: Readonly<Record<string, number>>;
  /** Addresses that were given rather than left to the local stack: these servers are not started. */
  readonly external: {
    natsUrl?: string | undefined;
    temporalAddress?: string | undefined;
    databaseUrl?: string | undefined;
  };
}

/** Environment variables, by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What a process needs to be told beside the engine's own settings. */
export interface ConfigNeeds {
  /** Each with `PROVIDER_<NAME>_URL`, `…_API_KEY` and `…_WEBHOOK_SECRET` (several secrets separated by commas). */
  readonly providers: readonly string[];
  /** The worker pools, each of which may have a `POOL_<NAME>_ACTIVITIES_PER_SECOND`. */
  readonly pools?: readonly string[];
  /** Settings of the domains, by the name of the domain. */
  readonly settings?: Readonly<Record<string, z.ZodObject>>;
  /** Outside of production: defaults beside the engine's own. */
  readonly presets?: ((given: Environment) => Environment) | undefined;
}

/** The names of the engine's own settings. */
export const ENGINE_SETTINGS: readonly string[] = Object.keys(schema.shape);

/** @throws InvalidConfigError with every setting that is wrong or missing, by name. */
export function readConfig(given: Environment, needs: ConfigNeeds): Config {
  // An empty setting is an unset one: that is what `NAME= npm start` and compose files mean.
  const environment = Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined && value !== ''),
  );
  const presets =
    environment['NODE_ENV'] === 'production' ? {} : { ...LOCAL_SETTINGS, ...needs.presets?.(environment) };
  const settings: Environment = { ...localAddresses(environment, presets), ...environment };

  const parsed = schema.safeParse(settings);
  const domains = Object.entries(needs.settings ?? {}).map(
    ([name, shape]) => [name, shape.safeParse(settings)] as const,
  );
  const issues = [parsed, ...domains.map(([, reading]) => reading)].flatMap(
    ({ error }) => error?.issues ?? [],
  );
  const problems = issues.map(({ path, message, code }) => {
    const name = path.join('.');
    return settings[name] === undefined
      ? `${name} is missing`
      : `${name}: ${complaint(code, message, settings[name])}`;
  });
  if (settings['TEMPORAL_API_KEY'] !== undefined && settings['TEMPORAL_API_KEY_FILE'] !== undefined)
    problems.push('TEMPORAL_API_KEY and TEMPORAL_API_KEY_FILE: only one of them may be set');
  if (settings['NATS_JS_DOMAIN'] !== undefined && settings['NATS_JS_API_PREFIX'] !== undefined) {
    problems.push(
      'NATS_JS_API_PREFIX: cannot be set together with NATS_JS_DOMAIN, which stands for a prefix',
    );
  }
  const providers = needs.providers.map((name) => [name, readProvider(name, settings, problems)] as const);
  const activitiesPerSecond = readLimits(needs.pools ?? [], settings, problems);
  const effectsRetentionDays = parsed.success ? effectsRetention(parsed.data, problems) : 0;
  if (!parsed.success || problems.length > 0) throw new InvalidConfigError(problems);

  return {
    ...parsed.data,
    ofDomains: Object.fromEntries(domains.map(([name, { data = {} }]) => [name, data])),
    LOG_FORMAT: parsed.data.LOG_FORMAT ?? (parsed.data.NODE_ENV === 'production' ? 'json' : 'pretty'),
    DATABASE_DIRECT_URL: parsed.data.DATABASE_DIRECT_URL ?? parsed.data.DATABASE_URL,
    EFFECTS_RETENTION_DAYS: effectsRetentionDays,
    nats: {
      url: parsed.data.NATS_URL,
      domain: parsed.data.NATS_JS_DOMAIN,
      apiPrefix: parsed.data.NATS_JS_API_PREFIX,
    },
    providers: Object.fromEntries(providers),
    activitiesPerSecond,
    external: {
      natsUrl: environment['NATS_URL'],
      temporalAddress: environment['TEMPORAL_ADDRESS'],
      databaseUrl: environment['DATABASE_URL'],
    },
  };
}

/** Longer than any deadline of a process. */
const EFFECTS_BEYOND_DAYS = 60;

/** An event that the stream can repeat must find what it has done. */
function effectsRetention(settings: Settings, problems: string[]): number {
  const { EVENTS_RETENTION_DAYS: events, DEAD_LETTERS_RETENTION_DAYS: letters } = settings;
  const given = settings.EFFECTS_RETENTION_DAYS ?? events + letters + EFFECTS_BEYOND_DAYS;
  if (given < events) {
    problems.push(`EFFECTS_RETENTION_DAYS: must be EVENTS_RETENTION_DAYS, ${events}, at least, not ${given}`);
  }
  return given;
}

/** The defaults, with the ports of the local stack where those were set. */
function localAddresses(environment: Environment, presets: Environment): Environment {
  const moved = Object.entries({
    NATS_URL: 'NATS_PORT',
    TEMPORAL_ADDRESS: 'TEMPORAL_PORT',
    TEMPORAL_UI_URL: 'TEMPORAL_UI_PORT',
    DATABASE_URL: 'POSTGRES_PORT',
  }).flatMap(([setting, portSetting]) => {
    const preset = presets[setting];
    const moveTo = environment[portSetting];
    return preset === undefined || !portNumber.safeParse(moveTo).success
      ? []
      : [[setting, preset.replace(/:\d+(?=\/|$)/, `:${moveTo}`)]];
  });
  return { ...presets, ...(Object.fromEntries(moved) as Environment) };
}

/** zod's texts are sentences, but for a number that is none. */
function complaint(code: string | undefined, message: string, given = ''): string {
  if (code !== 'invalid_type') return message;
  return `must be a ${Number.isFinite(Number(given)) ? 'whole number' : 'number'}, not "${given}"`;
}

/** A limit for a pool that does not exist would limit nothing, in silence. */
function readLimits(
  pools: readonly string[],
  settings: Environment,
  problems: string[],
): Record<string, number> {
  const limits: Record<string, number> = {};
  for (const [name, value] of Object.entries(settings)) {
    const given = POOL_SETTING.exec(name)?.[1];
    if (given === undefined) continue;
    const pool = pools.find((known) => known.toUpperCase().replaceAll('-', '_') === given);
    const { data, error } = perSecond.safeParse(value);
    if (pool === undefined) problems.push(`${name}: there is no such pool, only ${pools.join(', ')}`);
    else if (error) problems.push(`${name}: ${error.issues[0]?.message ?? ''}, not "${value ?? ''}"`);
    else limits[pool] = data;
  }
  return limits;
}

function readProvider(provider: string, settings: Environment, problems: string[]): ProviderSettings {
  const prefix = `PROVIDER_${provider.toUpperCase().replaceAll('-', '_')}`;
  const read = (name: string): string => {
    const value = settings[`${prefix}_${name}`];
    if (value === undefined) problems.push(`${prefix}_${name} is missing`);
    return value ?? '';
  };
  const address = read('URL');
  const wrong = httpUrl.safeParse(address).error?.issues[0]?.message;
  if (address !== '' && wrong !== undefined) problems.push(`${prefix}_URL: ${wrong}`);
  const apiKey = read('API_KEY');
  const webhookSecrets = read('WEBHOOK_SECRET')
    .split(',')
    .map((secret) => secret.trim())
    .filter(Boolean);
  if (webhookSecrets.length === 0 && settings[`${prefix}_WEBHOOK_SECRET`] !== undefined) {
    problems.push(`${prefix}_WEBHOOK_SECRET: there is no secret between the commas`);
  }
  return { url: address.replace(/\/+$/, ''), apiKey, webhookSecrets };
}

/** The environment of this process: the only place that reads it. */
export function environment(): Environment {
  // eslint-disable-next-line no-restricted-properties -- this is the place that the rule names
  return process.env;
}
