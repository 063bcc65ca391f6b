import { Client, Connection } from '@temporalio/client';
import { plainConnection } from './plain-connection';

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

/** What the SDK gives its own connections, and a client of gRPC by itself would do without: a peer that is gone is noticed. */
const KEEPALIVE = {
  'grpc.keepalive_permit_without_calls': 1,
  'grpc.keepalive_time_ms': 30_000,
  'grpc.keepalive_timeout_ms': 15_000,
};

/** How long a call may take: longer than any healthy answer, shorter than a pause that people notice. */
const CALL_MS = 5_000;

/** A client that connects at its first call: a process may start before Temporal does. */
export function createTemporalClient(settings: TemporalSettings): Client {
  const { address, namespace } = settings;
  const connection = Connection.lazy({ address, channelArgs: CHANNEL, ...credentials(settings) });
  return new Client({ connection, namespace });
}

/**
 * A client for callers that make their own pauses: one attempt a call. (The SDK would repeat a call that was refused or
 * unanswered up to ten times, and tell of an overloaded server only as of one that did not answer in time.)
 */
export function createSingleAttemptClient(settings: TemporalSettings): Client {
  const { address, namespace } = settings;
  const connection = Connection.lazy({
    address,
    channelArgs: CHANNEL,
    interceptors: [],
    ...credentials(settings),
  });
  return new Client({ connection, namespace });
}

/**
 * The bridge's client: one attempt a call, for five seconds at most, and less processor time for it (adr 20). Nothing that
 * takes longer can be waited for with it.
 */
export function createPlainClient({ address, namespace, apiKey }: TemporalSettings): Client {
  const connection = plainConnection({
    address,
    tls: apiKey !== undefined,
    headers: {
      'client-name': 'sagaline',
      'temporal-namespace': namespace,
      ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }),
    },
    callMs: CALL_MS,
    channelArgs: { ...CHANNEL, ...KEEPALIVE },
  });
  return new Client({ connection, namespace });
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
