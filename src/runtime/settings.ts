import type { TemporalSettings } from '../adapters/temporal';
import type { Config } from '../config';
import type { App } from './app';

export function temporalSettings(
  config: Config,
  { payloadCodecs }: Pick<App, 'payloadCodecs'>,
): TemporalSettings {
  return {
    address: config.TEMPORAL_ADDRESS,
    namespace: config.TEMPORAL_NAMESPACE,
    payloadCodecs,
    apiKey: config.secrets.reader('TEMPORAL_API_KEY'),
  };
}
