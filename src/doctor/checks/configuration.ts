import type { Config, Environment } from '../../config';
import { InvalidConfigError } from '../../config';
import type { Finding } from '../finding';
import { findingsOf } from '../finding';

const { ok, warning, problem } = findingsOf('configuration');

const LOOPBACK = /^(127(\.\d{1,3}){3}|\[?::1\]?|localhost)$/;

/** What can be read of the configuration, and its findings. */
export interface Configuration {
  readonly config: Config | undefined;
  readonly findings: readonly Finding[];
}

/**
 * Reads the configuration, and looks for one that is right here and would be wrong in production.
 *
 * @param read throws InvalidConfigError with every setting that is wrong or missing
 */
export function checkConfiguration(
  environment: Environment,
  read: (environment: Environment) => Config,
): Configuration {
  const { config, problems } = attempt(read, environment);
  if (config === undefined)
    return {
      config,
      findings: problems.map((text) =>
        problem({
          ...{ code: 'configuration', where: settingIn(text), what: withoutSetting(text) },
          remedy: remedyFor(text),
        }),
      ),
    };
  const { NODE_ENV } = config;
  const remote = remoteServers(config);
  if (NODE_ENV === 'production' || remote.length === 0)
    return { config, findings: [ok('NODE_ENV', `is ${NODE_ENV}; all settings are valid`)] };
  const refused = attempt(read, { ...environment, NODE_ENV: 'production' }).problems;
  return {
    config,
    findings: [
      warning({
        code: 'node-env',
        where: 'NODE_ENV',
        what: `is ${NODE_ENV}, and ${remote.join(', ')}: weak secrets are not refused`,
        remedy: 'set NODE_ENV=production in every process of a deployment',
      }),
      ...refused.map((text) =>
        warning({
          ...{ code: 'not-for-production', where: settingIn(text) },
          what: `production refuses this: ${withoutSetting(text)}`,
          remedy: remedyFor(text),
        }),
      ),
    ],
  };
}

function attempt(
  read: (environment: Environment) => Config,
  environment: Environment,
): { readonly config: Config | undefined; readonly problems: readonly string[] } {
  try {
    return { config: read(environment), problems: [] };
  } catch (error) {
    if (!(error instanceof InvalidConfigError)) throw error;
    return { config: undefined, problems: error.problems };
  }
}

function remoteServers({ NATS_URL, TEMPORAL_ADDRESS, external }: Config): string[] {
  const hosts = {
    NATS_URL: NATS_URL.split(',').map(hostOf),
    TEMPORAL_ADDRESS: [hostOf(`temporal://${TEMPORAL_ADDRESS}`)],
    DATABASE_URL: external.databaseUrl === undefined ? [] : [hostOf(external.databaseUrl)],
  };
  return Object.entries(hosts).flatMap(([setting, names]) =>
    names.some((name) => name !== '' && !LOOPBACK.test(name)) ? [`${setting} is not on this machine`] : [],
  );
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname : '';
}

/** Every problem begins with the setting. */
function settingIn(problem: string): string {
  return /^[A-Z][A-Z0-9_]+/.exec(problem)?.[0] ?? 'configuration';
}

/** The problem beside the setting, which the finding names itself. */
function withoutSetting(problem: string): string {
  const prefix = `${settingIn(problem)}: `;
  return problem.startsWith(prefix) ? problem.slice(prefix.length) : problem;
}

function remedyFor(problem: string): string {
  return `set ${settingIn(problem)}: docs/running.md#configuration`;
}
