import { z } from 'zod';
import { InvalidConfigError } from '../contracts';
import type { Environment } from './environment';
import type { GatewayAccess } from './gateway-access';
import { readGatewayAccess } from './gateway-access';
import { readLimits } from './limits';
import { LOCAL_SETTINGS, localAddresses } from './local-addresses';
import { productionProblems } from './production';
import type { ProviderSettings } from './provider';
import { readProvider } from './provider';
import type { Settings } from './schema';
import { schema } from './schema';

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
  /** The domains' own settings, by the name of the domain. */
  readonly ofDomains: Readonly<Record<string, object>>;
  readonly LOG_FORMAT: 'pretty' | 'json';
  readonly providers: Readonly<Record<string, ProviderSettings>>;
  readonly gatewayAccess: GatewayAccess;
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
  /** Settings of the domains, by the name of the domain. */
  readonly settings?: Readonly<Record<string, z.ZodObject>>;
  /** Defaults beside the engine's own; they apply outside of production. */
  readonly presets?: ((given: Environment) => Environment) | undefined;
}

/** The names of the engine's own settings. */
export const ENGINE_SETTINGS: readonly string[] = Object.keys(schema.shape);

/**
 * Reads the settings of a process.
 *
 * @throws InvalidConfigError with every setting that is wrong or missing, by name.
 */
export function readConfig(given: Environment, needs: ConfigNeeds): Config {
  const { environment, settings } = settingsFrom(given, needs.presets);

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
  const gatewayAccess = parsed.success
    ? readGatewayAccess(parsed.data, { serves: needs.servesGateway === true }, problems)
    : undefined;
  if (parsed.success && gatewayAccess !== undefined) {
    const defaults = { ...LOCAL_SETTINGS, ...needs.presets?.({}) };
    const parts = { settings: parsed.data, access: gatewayAccess, providers, defaults };
    problems.push(...productionProblems(parts));
  }
  if (!parsed.success || gatewayAccess === undefined || problems.length > 0)
    throw new InvalidConfigError(problems);

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
    gatewayAccess,
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
  const { settings } = settingsFrom(given, presets);
  return Object.fromEntries(
    Object.entries(shape?.shape ?? {}).flatMap(([name, of]) => {
      const reading: z.ZodSafeParseResult<unknown> = z.safeParse(of, settings[name]);
      return reading.success ? [[name, reading.data]] : [];
    }),
  );
}

/** What is given, and what it is with the defaults of this machine, which production does not have. */
function settingsFrom(given: Environment, presets: ConfigNeeds['presets']) {
  // An empty setting counts as unset: that is what `NAME= npm start` and compose files mean.
  const environment = Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined && value !== ''),
  );
  const defaults =
    environment['NODE_ENV'] === 'production' ? {} : { ...LOCAL_SETTINGS, ...presets?.(environment) };
  const settings: Environment = { ...localAddresses(environment, defaults), ...environment };
  return { environment, settings };
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
