import type { ConnectionOptions } from '@temporalio/client';
import { Client, Connection } from '@temporalio/client';
import type { DataConverter, PayloadCodec } from '@temporalio/common';
import type { NativeConnectionOptions } from '@temporalio/worker';
import type { ApiKey } from './api-key';
import { channelCredentials, channelNames, keyCredentials } from './channel';
import { plainConnection } from './plain-connection';
import type { TemporalTls, TlsMaterial } from './tls';

export interface TemporalSettings {
  readonly address: string;
  readonly namespace: string;
  /** For a server with an authorizer, and for Temporal Cloud. */
  readonly apiKey?: ApiKey | undefined;
  /** Default: a connection in plain text. */
  readonly tls?: TemporalTls | undefined;
  /** Codecs of the payloads; all clients and workers of the namespace must have the same. */
  readonly payloadCodecs?: readonly PayloadCodec[] | undefined;
  /** Path of the module that converts failures; default: the SDK's converter, which leaves their messages in clear. */
  readonly failureConverterPath?: string | undefined;
}

/** How clients and workers turn values into payloads and back. */
export function dataConverterOf({
  payloadCodecs = [],
  failureConverterPath,
}: Pick<TemporalSettings, 'payloadCodecs' | 'failureConverterPath'>): DataConverter {
  return {
    payloadCodecs: [...payloadCodecs],
    ...(failureConverterPath !== undefined && { failureConverterPath }),
  };
}

/** TLS and API key of a client's connection, which reads the key for each call and files for each connect. */
function clientCredentials({
  apiKey,
  tls,
}: TemporalSettings): Pick<
  ConnectionOptions,
  'apiKey' | 'tls' | 'credentials' | 'callCredentials' | 'channelArgs'
> {
  const channelArgs = { ...CHANNEL, ...channelNames(tls) };
  if (tls === undefined) return { channelArgs, tls: false, ...(apiKey && { apiKey }) };
  return {
    channelArgs,
    credentials: channelCredentials(tls),
    callCredentials: apiKey ? [keyCredentials(apiKey)] : [],
  };
}

/** TLS and API key of a worker's connection, as they are now: it keeps them until it is given others. */
export function workerCredentials(
  { apiKey, tls }: TemporalSettings,
  { ca, cert, key }: TlsMaterial = {},
): Pick<NativeConnectionOptions, 'tls' | 'apiKey'> {
  return {
    ...(apiKey && { apiKey: apiKey() }),
    tls: tls !== undefined && {
      ...(tls.serverName !== undefined && { serverNameOverride: tls.serverName }),
      ...(ca && { serverRootCACertificate: ca }),
      ...(cert && key && { clientCertPair: { crt: cert, key } }),
    },
  };
}

/**
 * Shorter waits than gRPC's own. After an outage of minutes a client would otherwise try to connect only every two
 * minutes, and look up a moved server's new address only every half minute.
 */
const CHANNEL = {
  'grpc.initial_reconnect_backoff_ms': 250,
  'grpc.max_reconnect_backoff_ms': 1_000,
  'grpc.dns_min_time_between_resolutions_ms': 5_000,
};

/** The SDK sets this for its own connections; gRPC's own client does without. With it, a peer that is gone is noticed. */
const KEEPALIVE = {
  'grpc.keepalive_permit_without_calls': 1,
  'grpc.keepalive_time_ms': 30_000,
  'grpc.keepalive_timeout_ms': 15_000,
};

/** How long a call may take: longer than any healthy answer, shorter than a pause that people notice. */
const CALL_MS = 5_000;

/** Creates a client that connects at its first call, so that a process may start before Temporal does. */
export function createTemporalClient(settings: TemporalSettings): Client {
  const { address, namespace } = settings;
  const connection = Connection.lazy({ address, ...clientCredentials(settings) });
  return new Client({ connection, namespace, dataConverter: dataConverterOf(settings) });
}

/**
 * Creates a client that makes one attempt for each call, for callers that make their own pauses. (The SDK would
 * repeat a refused or unanswered call up to ten times, and report an overloaded server as one that did not answer in
 * time.)
 */
export function createSingleAttemptClient(settings: TemporalSettings): Client {
  const { address, namespace } = settings;
  const connection = Connection.lazy({ address, interceptors: [], ...clientCredentials(settings) });
  return new Client({ connection, namespace, dataConverter: dataConverterOf(settings) });
}

/**
 * Creates the bridge's client: one attempt for each call, within five seconds, with less processor time (ADR 20). Do
 * not wait with it for anything that takes longer.
 */
export function createPlainClient(settings: TemporalSettings): Client {
  const { address, namespace, apiKey, tls } = settings;
  const connection = plainConnection({
    address,
    credentials: channelCredentials(tls),
    headers: { 'client-name': 'sagaline', 'temporal-namespace': namespace },
    apiKey,
    callMs: CALL_MS,
    channelArgs: { ...CHANNEL, ...KEEPALIVE, ...channelNames(tls) },
  });
  return new Client({ connection, namespace, dataConverter: dataConverterOf(settings) });
}
