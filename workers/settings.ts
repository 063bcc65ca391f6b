import type { TemporalSettings } from '../src/adapters/temporal';
import type { AppConfig } from './config';

export function temporalSettings(config: AppConfig): TemporalSettings {
  return {
    address: config.TEMPORAL_ADDRESS,
    namespace: config.TEMPORAL_NAMESPACE,
    apiKey: config.TEMPORAL_API_KEY,
  };
}
