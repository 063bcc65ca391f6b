import type { Config } from '../src/config';
import { environment, readConfig } from '../src/config';
import type { Catalogue } from '../src/contracts';
import { shopSettings } from '../src/domains/shop/settings';

export type AppConfig = Config<typeof shopSettings.shape>;

/**
 * The configuration of this deployment: the engine's settings and those of its domains.
 *
 * @throws InvalidConfigError
 */
export function appConfig(catalogue: Catalogue, settings = environment()): AppConfig {
  return readConfig(settings, { providers: catalogue.providers, settings: shopSettings });
}
