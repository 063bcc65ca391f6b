import type { ChannelCredentials } from '@grpc/grpc-js';
import { Client, Metadata } from '@grpc/grpc-js';
import type { ConnectionLike } from '@temporalio/client';
import { OperatorService, WorkflowService } from '@temporalio/client';
import type { ApiKey } from './api-key';
import { DEADLINE_EXCEEDED } from './status';

type RpcImpl = Parameters<typeof WorkflowService.create>[0];

export interface PlainSettings {
  /** Host and port. */
  readonly address: string;
  readonly credentials: ChannelCredentials;
  /** Sent with every call. */
  readonly headers: Readonly<Record<string, string>>;
  /** Called for every call; the key is sent as `Bearer`. */
  readonly apiKey?: ApiKey | undefined;
  /** The deadline of every call, in milliseconds. */
  readonly callMs: number;
  /** gRPC's own settings. */
  readonly channelArgs: Readonly<Record<string, string | number>>;
}

/**
 * A connection for the SDK's client that makes each call once, directly with gRPC's own client. (The SDK's connection
 * gives each call a context, `AsyncLocalStorage`, to add one header. From the first such call on, every promise of
 * the process takes more time.)
 */
export function plainConnection(settings: PlainSettings): ConnectionLike {
  const { address, credentials, headers, apiKey, callMs, channelArgs } = settings;
  const client = new Client(address, credentials, channelArgs);
  let metadata = new Metadata();
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
  let sent: string | undefined;
  /** Copies the metadata for a new key only; a call in flight keeps its own. */
  const withKey = (): Metadata => {
    const key = apiKey?.();
    if (key === sent || key === undefined) return metadata;
    sent = key;
    metadata = metadata.clone();
    metadata.set('authorization', `Bearer ${key}`);
    return metadata;
  };

  const service =
    (name: string): RpcImpl =>
    (method, request, answered) => {
      const path = `/${name}/${method.name}`;
      const message = Buffer.from(request.buffer, request.byteOffset, request.byteLength);
      const deadline = Date.now() + callMs;
      client.makeUnaryRequest(path, asItIs, asItIs, message, withKey(), { deadline }, (error, answer) =>
        answered(error, answer),
      );
    };
  return {
    workflowService: WorkflowService.create(
      service('temporal.api.workflowservice.v1.WorkflowService'),
      false,
      false,
    ),
    operatorService: OperatorService.create(
      service('temporal.api.operatorservice.v1.OperatorService'),
      false,
      false,
    ),
    plugins: [],
    ensureConnected: () => Promise.resolve(),
    close: () => {
      client.close();
      return Promise.resolve();
    },
    withDeadline: (deadline, act) => before(Number(deadline), act),
    withMetadata: () => Promise.reject(new Error('the headers of this connection are always the same')),
    withAbortSignal: () => Promise.reject(new Error('calls on this connection cannot be aborted')),
  };
}

function asItIs(message: Buffer): Buffer {
  return message;
}

/** Rejects at the deadline. A call in flight then ends by itself, because it has a deadline of its own. */
async function before<Result>(deadline: number, act: () => Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new OverdueError()), deadline - Date.now());
  });
  try {
    return await Promise.race([act(), late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Thrown when a deadline has passed. It has its code in the same place as gRPC's own errors, so it counts as no
 * answer in time.
 */
class OverdueError extends Error {
  override readonly name = 'OverdueError';
  readonly code = DEADLINE_EXCEEDED;
  constructor() {
    super('not done in time');
  }
}
