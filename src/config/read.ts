import { z } from 'zod';
import type { NatsSettings } from '../adapters/nats';
import { InvalidConfigError } from '../contracts';
import type { DatabaseUse } from './database';
import { databaseAddresses } from './database';
import type { Environment } from './environment';
import type { GatewayAccess } from './gateway-access';
import { readGatewayAccess } from './gateway-access';
import { readLimits } from './limits';
import { LOCAL_SETTINGS, localAddresses } from './local-addresses';
import { housekeepingConfig, natsConfig, natsProblems } from './nats';
import { personalDataProblems } from './personal-data';
import { productionProblems } from './production';
import type { ProviderSettings } from './provider';
import { providerSecrets, readProvider } from './provider';
import type { Settings } from './schema';
import { schema } from './schema';
import { partsOf, secretMask } from './secret-mask';
import type { SecretReader } from './secrets';
import { FILE, readSecrets, secretsIn } from './secrets';
import type { EventSignatures, SignatureNeeds } from './signatures';
import { readEventSignatures } from './signatures';
import type { TemporalTls } from './temporal';
import { temporalProblems, temporalTls } from './temporal';
import { profileSettings } from './temporal-profile';

/** The settings of one process, as they were read. */
export interface Config extends Omit<
  Settings,
  'LOG_FORMAT' | 'DATABASE_DIRECT_URL' | 'DATABASE_OWNER_URL' | 'EFFECTS_RETENTION_DAYS'
> {
  readonly DATABASE_DIRECT_URL: string;
  readonly DATABASE_OWNER_URL: string;
  readonly EFFECTS_RETENTION_DAYS: number;
  /** How to reach NATS, and JetStream there. */
  readonly nats: NatsSettings;
  /** The user of NATS that removes old messages, if it is another one. */
  readonly natsHousekeeping: NatsSettings | undefined;
  /** TLS of the connections to Temporal; `undefined` if they are in plain text. */
  readonly temporalTls: TemporalTls | undefined;
  /** The domains' own settings, by the name of the domain. */
  readonly ofDomains: Readonly<Record<string, object>>;
  readonly LOG_FORMAT: 'pretty' | 'json';
  readonly providers: Readonly<Record<string, ProviderSettings>>;
  readonly secrets: {
    /** Reads a secret as it is now; `undefined` if it is not given. */
    readonly reader: (name: string) => SecretReader | undefined;
    /** Replaces every secret of this process in a text. */
    readonly mask: (text: string) => string;
  };
  readonly gatewayAccess: GatewayAccess;
  readonly eventSignatures: EventSignatures;
  /**
   * The activities per second that the task queue of a pool dispatches at most, by worker pool; only pools with a limit
   * are here.
   */
  readonly activitiesPerSecond: Readonly<Record<string, number>>;
  /** Addresses that were set. The local stack does not start these servers. */
  readonly external: {
    natsUrl?: string | undefined;
    temporalAddress?: string | undefined;
    databaseUrl?: string | undefined;
  };
}

/** What a process reads beside the engine's own settings. */
export interface ConfigNeeds {
  /**
   * Names of providers. Each has `PROVIDER_<NAME>_URL`, `…_API_KEY` and `…_WEBHOOK_SECRET` (several secrets separated
   * by commas).
   */
  readonly providers: readonly string[];
  /** The worker pools, each of which may have a `POOL_<NAME>_ACTIVITIES_PER_SECOND`. */
  readonly pools?: readonly string[];
  /** Whether the process is the gateway, which needs the keys of those who may use it. */
  readonly servesGateway?: boolean;
  /** What the process does with the signatures of events. */
  readonly signatures?: SignatureNeeds;
  /** How the process uses PostgreSQL. Default: as its own role */
  readonly database?: DatabaseUse;
  /** Whether the process gets personal data, as the contracts mark it. */
  readonly personalData?: boolean;
  /** Settings of the domains, by the name of the domain. */
  readonly settings?: Readonly<Record<string, z.ZodObject>>;
  /** Defaults beside the engine's own; they apply outside of production. */
  readonly presets?: ((given: Environment) => Environment) | undefined;
}

/** The names of the engine's own settings. */
export const ENGINE_SETTINGS: readonly string[] = [
  ...Object.keys(schema.shape),
  ...secretsIn(schema.shape).map((name) => name + FILE),
];

/**
 * Reads the settings of a process.
 *
 * @throws InvalidConfigError with every setting that is wrong or missing, by name.
 */
export function readConfig(given: Environment, needs: ConfigNeeds): Config {
  const unread: string[] = [];
  const { environment, settings, secrets, known } = settingsFrom(given, needs, unread);

  const parsed = schema.safeParse(settings);
  const domains = Object.entries(needs.settings ?? {}).map(
    ([name, shape]) => [name, shape.safeParse(settings)] as const,
  );
  const issues = [parsed, ...domains.map(([, reading]) => reading)].flatMap(
    ({ error }) => error?.issues ?? [],
  );
  const wrong = issues.flatMap(({ path, message, code }) => {
    const name = path.join('.');
    // The problem with its file is reported instead.
    if (settings[name] === undefined && settings[name + FILE] !== undefined && unread.length > 0) return [];
    return settings[name] === undefined
      ? [`${name} is missing`]
      : [`${name}: ${complaint(code, message, settings[name])}`];
  });
  const problems = [...unread, ...wrong];
  if (settings['PAYLOAD_ENCRYPTION'] !== undefined && settings['PAYLOAD_KEYS_FILE'] === undefined)
    problems.push('PAYLOAD_KEYS_FILE is missing: PAYLOAD_ENCRYPTION needs its keys');
  problems.push(...natsProblems(settings), ...temporalProblems(settings));
  const providers = needs.providers.map(
    (name) => [name, readProvider(name, { settings, secrets, problems })] as const,
  );
  const activitiesPerSecond = readLimits(needs.pools ?? [], settings, problems);
  const effectsRetentionDays = parsed.success ? effectsRetention(parsed.data, problems) : 0;
  const gatewayAccess = parsed.success
    ? readGatewayAccess(parsed.data, { serves: needs.servesGateway === true }, problems)
    : undefined;
  const eventSignatures = parsed.success
    ? readEventSignatures(parsed.data, needs.signatures ?? {}, problems)
    : undefined;
  if (parsed.success && gatewayAccess !== undefined) {
    const defaults = { ...LOCAL_SETTINGS, ...needs.presets?.({}) };
    const parts = { settings: parsed.data, access: gatewayAccess, providers, defaults };
    problems.push(...productionProblems(parts));
    problems.push(...personalDataProblems(parsed.data, { personalData: needs.personalData === true }));
  }
  if (!parsed.success || !gatewayAccess || !eventSignatures || problems.length > 0)
    throw new InvalidConfigError(problems);

  const directUrl = parsed.data.DATABASE_DIRECT_URL ?? parsed.data.DATABASE_URL;
  return {
    ...parsed.data,
    ofDomains: Object.fromEntries(domains.map(([name, { data = {} }]) => [name, data])),
    LOG_FORMAT: parsed.data.LOG_FORMAT ?? (parsed.data.NODE_ENV === 'production' ? 'json' : 'pretty'),
    DATABASE_DIRECT_URL: directUrl,
    DATABASE_OWNER_URL: parsed.data.DATABASE_OWNER_URL ?? directUrl,
    EFFECTS_RETENTION_DAYS: effectsRetentionDays,
    nats: natsConfig(parsed.data),
    natsHousekeeping: housekeepingConfig(parsed.data),
    temporalTls: temporalTls(parsed.data),
    providers: Object.fromEntries(providers),
    secrets: { reader: (name) => secrets.reader(name), mask: secretMask(() => secrets.seen(), known) },
    gatewayAccess,
    eventSignatures,
    activitiesPerSecond,
    external: {
      natsUrl: environment['NATS_URL'],
      temporalAddress: environment['TEMPORAL_ADDRESS'],
      databaseUrl: environment['DATABASE_URL'],
    },
  };
}

/** Reads the settings that a domain, or a process of the local stack, declares. */
export function readSettings<Shape extends z.ZodRawShape>(
  { settings }: { readonly settings?: z.ZodObject<Shape> | undefined },
  { given, presets }: { readonly given: Environment } & Pick<ConfigNeeds, 'presets'>,
): z.infer<z.ZodObject<Shape>> {
  const shapes = settings ? { own: settings } : {};
  const { own = {} } = readConfig(given, { providers: [], settings: shapes, presets }).ofDomains;
  return own as z.infer<z.ZodObject<Shape>>;
}

/**
 * The settings of a domain as far as they are given and valid, for commands that run nothing: the others are absent.
 */
export function givenSettings(
  { settings: shape }: { readonly settings?: z.ZodObject | undefined },
  { given, presets }: { readonly given: Environment } & Pick<ConfigNeeds, 'presets'>,
): Readonly<Record<string, unknown>> {
  const { settings } = settingsFrom(given, { providers: [], presets, settings: shape ? { shape } : {} }, []);
  return Object.fromEntries(
    Object.entries(shape?.shape ?? {}).flatMap(([name, of]) => {
      const reading: z.ZodSafeParseResult<unknown> = z.safeParse(of, settings[name]);
      return reading.success ? [[name, reading.data]] : [];
    }),
  );
}

/** What is given, and what it is with the defaults of this machine, which production does not have. */
function settingsFrom(given: Environment, needs: ConfigNeeds, problems: string[]) {
  // An empty setting counts as unset: that is what `NAME= npm start` and compose files mean.
  const nonEmpty = Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined && value !== ''),
  );
  const names = [
    ...[schema, ...Object.values(needs.settings ?? {})].flatMap(({ shape }) => secretsIn(shape)),
    ...needs.providers.flatMap(providerSecrets),
  ];
  const withProfile = { ...profileSettings(nonEmpty, problems), ...nonEmpty };
  const secrets = readSecrets(withProfile, { names, problems });
  const { environment } = secrets;
  const local: Environment = { ...LOCAL_SETTINGS, ...needs.presets?.(environment) };
  const defaults = environment['NODE_ENV'] === 'production' ? {} : local;
  const known = new Set(Object.values(local).flatMap((value) => partsOf(value ?? '')));
  const settings = databaseAddresses(
    { ...localAddresses(environment, defaults), ...environment },
    needs.database ?? 'role',
  );
  return { environment, settings, secrets, known };
}

/** Longer than any deadline of a process. */
const EFFECTS_BEYOND_DAYS = 60;

/** The days for which effects are kept. While the stream can repeat an event, its effects must be on record. */
function effectsRetention(settings: Settings, problems: string[]): number {
  const { EVENTS_RETENTION_DAYS: events, DEAD_LETTERS_RETENTION_DAYS: deadLetters } = settings;
  const given = settings.EFFECTS_RETENTION_DAYS ?? events + deadLetters + EFFECTS_BEYOND_DAYS;
  if (given < events) {
    problems.push(`EFFECTS_RETENTION_DAYS: must be EVENTS_RETENTION_DAYS, ${events}, at least, not ${given}`);
  }
  return given;
}

/** zod's messages are sentences, except the one for a text that is not a number. */
function complaint(code: string | undefined, message: string, given = ''): string {
  if (code !== 'invalid_type') return message;
  return `must be a ${Number.isFinite(Number(given)) ? 'whole number' : 'number'}, not "${given}"`;
}
