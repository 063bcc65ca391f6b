import { InvalidConfigError } from '../contracts';
import type { Config, ConfigNeeds } from './config';
import type { Environment } from './environment';
import { readGatewayAccess } from './gateway-access';
import { settingsFrom } from './given';
import { readLimits } from './limits';
import { LOCAL_SETTINGS } from './local-addresses';
import { housekeepingConfig, natsConfig, natsProblems } from './nats';
import { personalDataProblems } from './personal-data';
import { productionProblems } from './production';
import { readProvider } from './provider';
import type { Settings } from './schema';
import { schema } from './schema';
import { secretMask } from './secret-mask';
import { FILE } from './secrets';
import { readEventSignatures } from './signatures';
import { temporalProblems, temporalTls } from './temporal';
import { workerVersionProblems } from './worker-versions';

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
  problems.push(...natsProblems(settings), ...temporalProblems(settings), ...workerVersionProblems(settings));
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

  const isProduction = parsed.data.NODE_ENV === 'production';
  const directUrl = parsed.data.DATABASE_DIRECT_URL ?? parsed.data.DATABASE_URL;
  return {
    ...parsed.data,
    ofDomains: Object.fromEntries(domains.map(([name, { data = {} }]) => [name, data])),
    LOG_FORMAT: parsed.data.LOG_FORMAT ?? (isProduction ? 'json' : 'pretty'),
    WORKFLOW_PROMISE_TRACES: parsed.data.WORKFLOW_PROMISE_TRACES ?? (isProduction ? 'off' : 'on'),
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
