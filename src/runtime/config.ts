import type { z } from 'zod';
import type { Config, ConfigNeeds, Environment } from '../config';
import { environment, readConfig } from '../config';
import type { Domain, SettingsOf } from '../contracts';
import type { App } from './app';

/**
 * The configuration of a deployment: the engine's settings, and those of its domains.
 *
 * @param providers that this process calls, or whose webhooks it receives: it does not need the secrets of the others
 * @throws InvalidConfigError
 */
export function appConfig(
  app: App,
  providers: readonly string[],
  given: Environment = environment(),
  {
    personalData = false,
    ...needs
  }: Pick<ConfigNeeds, 'servesGateway' | 'signatures' | 'database' | 'personalData'> = {},
): Config {
  const settings = Object.fromEntries(
    app.domains.flatMap(({ name, settings: shape }) => (shape ? [[name, shape]] : [])),
  );
  return readConfig(given, {
    providers,
    database: 'role',
    ...needs,
    personalData: personalData && marksPersonalData(app),
    pools: Object.keys(app.pools),
    settings,
    presets: app.dev?.presets,
  });
}

/** Reads the settings of a domain in this process. */
export function settingsIn(config: Config): SettingsOf {
  // readConfig has parsed them by the domain's own schema.
  return <Shape extends z.ZodRawShape>({ name }: Domain<Shape>) =>
    (config.ofDomains[name] ?? {}) as z.infer<z.ZodObject<Shape>>;
}

/** Whether a contract of the project marks personal fields. */
export function marksPersonalData({ domains }: Pick<App, 'domains'>): boolean {
  return domains.some(({ events }) => events.some((contract) => contract.subject !== undefined));
}

/** The roles that encrypt or open personal fields. */
export function getsPersonalData(role: string): boolean {
  return role === 'gateway' || role.startsWith('worker:');
}
