import type * as envconfig from '@temporalio/envconfig';
import { readSettingFile } from '../files/setting-file';
import type { Environment } from './environment';

/**
 * The settings of the profile in Temporal's configuration file, by the names of the environment; what the environment
 * has itself is left out. The file in the user's home folder, which Temporal's command line reads, is read only if
 * `TEMPORAL_PROFILE` is set: it must not change by accident where a service runs.
 *
 * @param problems gets a line if the file or the profile cannot be used
 */
export function profileSettings(environment: Environment, problems: string[]): Environment {
  const { TEMPORAL_CONFIG_FILE: file, TEMPORAL_PROFILE: profile } = environment;
  if (file === undefined && profile === undefined) return {};
  try {
    const found = theReader().loadClientConfigProfile({
      ...(profile !== undefined && { profile }),
      ...(file === undefined
        ? { overrideEnvVars: defined(environment) }
        : { configSource: { data: readSettingFile(file).toString() } }),
      configFileStrict: true,
      disableEnv: true,
    });
    if (found.grpcMeta !== undefined) problems.push('TEMPORAL_CONFIG_FILE: grpc_meta is not supported');
    return withoutGiven(environment, {
      TEMPORAL_ADDRESS: found.address,
      TEMPORAL_NAMESPACE: found.namespace,
      TEMPORAL_API_KEY: found.apiKey,
      ...tlsSettings(found.tls),
    });
  } catch (error) {
    problems.push(
      `${file === undefined ? 'TEMPORAL_PROFILE' : 'TEMPORAL_CONFIG_FILE'}: ${whyUnusable(error, file)}`,
    );
    return {};
  }
}

/** Loaded for a profile: hardly any process has one. */
function theReader(): typeof envconfig {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- an `import()` would not be tsx's, whose hook is for CommonJS
  return require('@temporalio/envconfig') as typeof envconfig;
}

function tlsSettings(tls: envconfig.ClientConfigTLS | undefined): Environment {
  if (tls === undefined) return {};
  const pem = (name: string, source: envconfig.ClientConfigTLS['clientCert']): Environment =>
    source === undefined
      ? {}
      : 'path' in source
        ? { [`${name}_PATH`]: source.path }
        : { [`${name}_DATA`]: Buffer.from(source.data).toString('utf8') };
  return {
    TEMPORAL_TLS: String(tls.disabled !== true),
    TEMPORAL_TLS_SERVER_NAME: tls.serverName,
    ...pem('TEMPORAL_TLS_SERVER_CA_CERT', tls.serverCACert),
    ...pem('TEMPORAL_TLS_CLIENT_CERT', tls.clientCert),
    ...pem('TEMPORAL_TLS_CLIENT_KEY', tls.clientKey),
  };
}

/** A file in the environment also replaces the profile's data, and the other way round. */
function withoutGiven(environment: Environment, settings: Environment): Environment {
  const isGiven = (name: string) =>
    [name, `${name}_FILE`, name.replace(/_DATA$/, '_PATH'), name.replace(/_PATH$/, '_DATA')].some(
      (other) => environment[other] !== undefined,
    );
  return Object.fromEntries(
    Object.entries(settings).filter(([name, value]) => value !== undefined && value !== '' && !isGiven(name)),
  );
}

function defined(environment: Environment): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

/** The message of a syntax error quotes the line, which may hold a key. */
function whyUnusable(error: unknown, file: string | undefined): string {
  const { code, line, column, message } = error as NodeJS.ErrnoException & { line?: number; column?: number };
  if (code !== undefined) return `${file ?? 'the file'} cannot be read (${code})`;
  if (line !== undefined) return `${file ?? 'the file'} is no TOML (line ${line}, column ${column ?? 0})`;
  return message;
}
