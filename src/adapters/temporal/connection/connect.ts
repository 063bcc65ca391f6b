import { Client, Connection } from '@temporalio/client';
import type { DataConverter, PayloadCodec } from '@temporalio/common';
import type { ApiKey } from './api-key';
import { plainConnection } from './plain-connection';

export interface TemporalSettings {
  readonly address: string;
  readonly namespace: string;
  /** Temporal Cloud. */
  readonly apiKey?: ApiKey | undefined;
  /** Default: with an API key. */
  readonly tls?: boolean | undefined;
  /** Of the payloads, by all clients and workers of the namespace alike. */
  readonly payloadCodecs?: readonly PayloadCodec[] | undefined;
}

/** How clients and workers turn values into payloads and back. */
export function dataConverterOf({
  payloadCodecs = [],
}: Pick<TemporalSettings, 'payloadCodecs'>): DataConverter {
  return { payloadCodecs: [...payloadCodecs] };
}

/** TLS and key as a client's connection takes them: it asks for the key with each call. */
function credentials({ apiKey, tls = true }: TemporalSettings): { tls?: boolean; apiKey?: ApiKey } {
  return apiKey === undefined ? {} : { tls, apiKey };
}

/** The same for a worker's connection, which has the key of its start until it is told another ({@link followApiKey}). */
export function workerCredentials({ apiKey, tls = true }: TemporalSettings): {
  tls?: boolean;
  apiKey?: string;
} {
  return apiKey === undefined ? {} : { tls, apiKey: apiKey() };
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
  return new Client({ connection, namespace, dataConverter: dataConverterOf(settings) });
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
  return new Client({ connection, namespace, dataConverter: dataConverterOf(settings) });
}

/**
 * The bridge's client: one attempt a call, for five seconds at most, and less processor time for it (adr 20). Nothing that
 * takes longer can be waited for with it.
 */
export function createPlainClient({
  address,
  namespace,
  apiKey,
  tls = apiKey !== undefined,
  payloadCodecs,
}: TemporalSettings): Client {
  const connection = plainConnection({
    address,
    tls,
    headers: { 'client-name': 'sagaline', 'temporal-namespace': namespace },
    apiKey,
    callMs: CALL_MS,
    channelArgs: { ...CHANNEL, ...KEEPALIVE },
  });
  return new Client({ connection, namespace, dataConverter: dataConverterOf({ payloadCodecs }) });
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
