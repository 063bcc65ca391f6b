import type { z } from 'zod';
import type { Config, Environment } from '../config';
import { environment, readConfig } from '../config';
import type { Domain, SettingsOf } from '../contracts';
import type { App } from './app';

/**
 * The configuration of a deployment: the engine's settings, and those of its domains.
 *
 * @param providers those that this process calls, or whose webhooks it takes: it needs no other's secrets
 * @throws InvalidConfigError
 */
export function appConfig(
  app: App,
  providers: readonly string[],
  given: Environment = environment(),
): Config {
  const settings = Object.fromEntries(
    app.domains.flatMap(({ name, settings: shape }) => (shape ? [[name, shape]] : [])),
  );
  return readConfig(given, {
    providers,
    pools: Object.keys(app.pools),
    settings,
    presets: app.dev?.presets,
  });
}

/** What the settings of a domain say in this process. */
export function settingsIn(config: Config): SettingsOf {
  // By its own schema: readConfig has parsed it.
  return <Shape extends z.ZodRawShape>({ name }: Domain<Shape>) =>
    (config.ofDomains[name] ?? {}) as z.infer<z.ZodObject<Shape>>;
}
