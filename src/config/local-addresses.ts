import type { Environment } from './environment';
import { portNumber } from './kinds';

/** Settings of the local stack; they are of no use anywhere else, secrets included. */
export const LOCAL_SETTINGS: Readonly<Record<string, string>> = {
  NATS_URL: 'nats://127.0.0.1:4222',
  TEMPORAL_ADDRESS: '127.0.0.1:7233',
  TEMPORAL_UI_URL: 'http://127.0.0.1:8233',
  DATABASE_URL: 'postgresql://sagaline:sagaline@127.0.0.1:5440/sagaline',
  SHUTDOWN_DELAY_MS: '0',
};

/** The defaults, with those ports of the local stack that are set. */
export function localAddresses(environment: Environment, presets: Environment): Environment {
  const moved = Object.entries({
    NATS_URL: 'NATS_PORT',
    TEMPORAL_ADDRESS: 'TEMPORAL_PORT',
    TEMPORAL_UI_URL: 'TEMPORAL_UI_PORT',
    DATABASE_URL: 'POSTGRES_PORT',
  }).flatMap(([setting, portSetting]) => {
    const preset = presets[setting];
    const moveTo = environment[portSetting];
    return preset === undefined || !portNumber.safeParse(moveTo).success
      ? []
      : [[setting, preset.replace(/:\d+(?=\/|$)/, `:${moveTo}`)]];
  });
  return { ...presets, ...(Object.fromEntries(moved) as Environment) };
}
