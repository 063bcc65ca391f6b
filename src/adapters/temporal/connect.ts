import { Client, Connection } from '@temporalio/client';

export interface TemporalSettings {
  readonly address: string;
  readonly namespace: string;
  /** Temporal Cloud; implies TLS. */
  readonly apiKey?: string | undefined;
}

/** TLS and key as both kinds of connection, the client's and the worker's, take them. */
export function credentials({
  apiKey,
}: TemporalSettings): { tls: true; apiKey: string } | Record<string, never> {
  return apiKey === undefined ? {} : { tls: true, apiKey };
}

/**
 * gRPC's own waits: after an outage of minutes the client would try to connect every two minutes only, and ask for a
 * moved server's new address every half minute.
 */
const CHANNEL = {
  'grpc.initial_reconnect_backoff_ms': 250,
  'grpc.max_reconnect_backoff_ms': 1_000,
  'grpc.dns_min_time_between_resolutions_ms': 5_000,
};

/**
 * A client that connects at its first call: a process may start before Temporal does.
 *
 * @param options.retries false for a caller that makes its own pauses: the SDK would repeat a call that was refused or
 * unanswered up to ten times, and tell of an overloaded server only as of one that did not answer in time
 */
export function createTemporalClient(settings: TemporalSettings, { retries = true } = {}): Client {
  const { address } = settings;
  const connection = Connection.lazy({
    address,
    channelArgs: CHANNEL,
    ...(retries ? {} : { interceptors: [] }),
    ...credentials(settings),
  });
  return new Client({ connection, namespace: settings.namespace });
}

const PROBE_MS = 1_000;

/** Whether the namespace answers at this moment. */
export async function temporalIsUp(client: Client): Promise<boolean> {
  const { workflowService } = client;
  const { namespace } = client.options;
  try {
    await client.withDeadline(Date.now() + PROBE_MS, () => workflowService.describeNamespace({ namespace }));
    return true;
  } catch {
    return false;
  }
}
