import { freePorts } from '../src/dev/stack';

/** Settings for a stack beside any other: free ports, a folder of its own, and news from the carrier within a second. */
export async function ownStackSettings(dataDir: string): Promise<Record<string, string>> {
  const names = [
    'NATS_PORT',
    'TEMPORAL_PORT',
    'TEMPORAL_UI_PORT',
    'TEMPORAL_HTTP_PORT',
    'TEMPORAL_METRICS_PORT',
    'POSTGRES_PORT',
    'GATEWAY_PORT',
    'SANDBOX_PORT',
  ];
  const ports = await freePorts(names.length);
  return {
    ...Object.fromEntries(names.map((name, index) => [name, String(ports[index])])),
    // The demo's own servers, whatever else the environment names.
    NATS_URL: '',
    TEMPORAL_ADDRESS: '',
    DATABASE_URL: '',
    DATA_DIR: dataDir,
    SANDBOX_DISPATCH_MS: '300',
    SANDBOX_DELIVERY_MS: '300',
  };
}
