// The stack's ports, with the names of the settings that choose them, for messages.
import type { StackOptions } from './options';
import type { WantedPort } from './ports';

/** The ports that the stack and the processes beside it will open, except those of external servers. */
export function wantedPorts({
  ports,
  alsoWanted,
  external,
  ephemeral,
}: Pick<StackOptions, 'ports' | 'alsoWanted' | 'external' | 'ephemeral'>): WantedPort[] {
  const wanted: WantedPort[] = [...(alsoWanted ?? [])];
  if (external.natsUrl === undefined) {
    wanted.push({ port: ports.nats, server: 'NATS', setting: 'NATS_PORT', addressSetting: 'NATS_URL' });
    if (ports.natsMonitor !== undefined) {
      wanted.push({ port: ports.natsMonitor, server: "NATS's monitoring", setting: 'NATS_MONITOR_PORT' });
    }
  }
  if (external.temporalAddress === undefined) {
    const addressSetting = 'TEMPORAL_ADDRESS';
    wanted.push({ port: ports.temporal, server: 'Temporal', setting: 'TEMPORAL_PORT', addressSetting });
    if (ephemeral !== true) {
      wanted.push({ port: ports.temporalUi, server: "Temporal's web UI", setting: 'TEMPORAL_UI_PORT' });
    }
    wanted.push({ port: ports.temporalHttp, server: "Temporal's HTTP API", setting: 'TEMPORAL_HTTP_PORT' });
    wanted.push({
      port: ports.temporalMetrics,
      server: "Temporal's metrics",
      setting: 'TEMPORAL_METRICS_PORT',
    });
  }
  if (external.databaseUrl === undefined) {
    const addressSetting = 'DATABASE_URL';
    wanted.push({ port: ports.postgres, server: 'PostgreSQL', setting: 'POSTGRES_PORT', addressSetting });
  }
  return wanted;
}
