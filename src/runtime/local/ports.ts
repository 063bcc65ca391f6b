import type { Config, Environment } from '../../config';
import { readSettings } from '../../config';
import type { StackPorts, WantedPort } from '../../dev/stack';
import type { LoadedApp } from '../app';

/** The port of a process of `dev.roles`, and the setting that chooses it. */
interface DevPort {
  readonly role: string;
  readonly setting: string;
  readonly port: number;
}

/** The ports of the servers of the local stack. */
export function stackPorts(config: Config): StackPorts {
  return {
    nats: config.NATS_PORT,
    temporal: config.TEMPORAL_PORT,
    temporalUi: config.TEMPORAL_UI_PORT,
    temporalHttp: config.TEMPORAL_HTTP_PORT,
    temporalMetrics: config.TEMPORAL_METRICS_PORT,
    postgres: config.POSTGRES_PORT,
  };
}

/** The ports of processes that settings choose. */
export function processPorts(config: Config, dev: readonly DevPort[]): WantedPort[] {
  return [
    { port: config.GATEWAY_PORT, server: 'the gateway', setting: 'GATEWAY_PORT' },
    { port: config.CONSOLE_PORT, server: 'the console', setting: 'CONSOLE_PORT' },
    ...dev.map(({ role, port, setting }) => ({ port, server: `the process "${role}"`, setting })),
  ];
}

export function devPorts(app: LoadedApp, given: Environment): DevPort[] {
  return Object.entries(app.dev?.roles ?? {}).flatMap(([role, definition]) => {
    const { port: setting } = definition;
    if (setting === undefined) return [];
    const settings = readSettings(definition, { given, presets: app.dev?.presets });
    return [{ role, setting, port: Number(settings[setting]) }];
  });
}
