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

/** A client that connects at its first call: a process may start before Temporal does. */
export function createTemporalClient(settings: TemporalSettings): Client {
  const connection = Connection.lazy({ address: settings.address, ...credentials(settings) });
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
