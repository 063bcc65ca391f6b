import type { TemporalSettings } from '../adapters/temporal';
import { apiKeyOf } from '../adapters/temporal';
import type { Config } from '../config';

export function temporalSettings(config: Config): TemporalSettings {
  return {
    address: config.TEMPORAL_ADDRESS,
    namespace: config.TEMPORAL_NAMESPACE,
    apiKey: apiKeyOf({ key: config.TEMPORAL_API_KEY, file: config.TEMPORAL_API_KEY_FILE }),
  };
}
