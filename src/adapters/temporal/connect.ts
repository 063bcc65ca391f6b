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
 * How long a call may take: longer than any healthy answer, shorter than a pause that people notice. As part of gRPC's
 * service configuration (https://grpc.io/docs/guides/service-config/) it costs nothing; the SDK's `withDeadline` makes a
 * context for each call, which every promise in it then carries. Histories come in pages, and whoever reads one says how
 * long it may take.
 */
const CALLS_IN_TIME = JSON.stringify({
  methodConfig: [
    {
      name: ['SignalWithStartWorkflowExecution', 'SignalWorkflowExecution', 'DescribeWorkflowExecution'].map(
        (method) => ({ service: 'temporal.api.workflowservice.v1.WorkflowService', method }),
      ),
      timeout: '5s',
    },
  ],
});

/** A client that connects at its first call: a process may start before Temporal does. */
export function createTemporalClient(settings: TemporalSettings): Client {
  const { address, namespace } = settings;
  const connection = Connection.lazy({ address, channelArgs: CHANNEL, ...credentials(settings) });
  return new Client({ connection, namespace });
}

/**
 * A client for callers that make their own pauses: one attempt a call, for five seconds at most. (The SDK would repeat a
 * call that was refused or unanswered up to ten times, and tell of an overloaded server only as of one that did not
 * answer in time.)
 */
export function createSingleAttemptClient(settings: TemporalSettings): Client {
  const { address, namespace } = settings;
  const connection = Connection.lazy({
    address,
    channelArgs: { ...CHANNEL, 'grpc.service_config': CALLS_IN_TIME },
    interceptors: [],
    ...credentials(settings),
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
