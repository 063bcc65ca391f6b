import type { TemporalSettings } from '../src/adapters/temporal';
import { apiKeyOf } from '../src/adapters/temporal';
import type { AppConfig } from './config';

export function temporalSettings(config: AppConfig): TemporalSettings {
  return {
    address: config.TEMPORAL_ADDRESS,
    namespace: config.TEMPORAL_NAMESPACE,
    apiKey: apiKeyOf({ key: config.TEMPORAL_API_KEY, file: config.TEMPORAL_API_KEY_FILE }),
  };
}
