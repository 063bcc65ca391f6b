import type { Config } from '../src/config';
import { environment, readConfig } from '../src/config';
import { TASK_QUEUES } from '../src/domains/shop/names';
import { shopSettings } from '../src/domains/shop/settings';

export type AppConfig = Config<typeof shopSettings.shape>;

/**
 * The configuration of this deployment: the engine's settings and those of its domains.
 *
 * @param providers those that this process talks to, or whose webhooks it takes: it needs no other's secrets
 * @throws InvalidConfigError
 */
export function appConfig(providers: readonly string[], settings = environment()): AppConfig {
  return readConfig(settings, { providers, pools: Object.keys(TASK_QUEUES), settings: shopSettings });
}
