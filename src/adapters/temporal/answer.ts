import { ServiceError } from '@temporalio/client';
import { NamespaceNotFoundError } from '@temporalio/common';
import { google, temporal } from '@temporalio/proto';
import type { Answer, Unavailability } from '../../bridge';

const { ResourceExhaustedFailure } = temporal.api.errordetails.v1;
const { RESOURCE_EXHAUSTED_CAUSE_BUSY_WORKFLOW } = temporal.api.enums.v1.ResourceExhaustedCause;

/** gRPC status codes (https://grpc.io/docs/guides/status-codes/). The request itself is at fault: */
const INVALID_ARGUMENT = 3;
/** Temporal is there, and wants fewer requests; its details say of what there are too many. */
const RESOURCE_EXHAUSTED = 8;

/** What a call's result or error means to the bridge. */
export async function answer<Value>(call: () => Promise<Value>): Promise<Answer<Value>> {
  try {
    return { kind: 'answered', value: await call() };
  } catch (cause) {
    return isHopeless(cause)
      ? { kind: 'rejected', cause }
      : { kind: 'unavailable', why: unavailability(cause), cause };
  }
}

/** Refused by Temporal for what it is, or not even sent: an error without a status is our own, say of a summary. */
function isHopeless(error: unknown): boolean {
  const fromTemporal = error instanceof ServiceError || error instanceof NamespaceNotFoundError;
  const code = grpcErrorOf(error)?.code;
  return code === undefined ? !fromTemporal : code === INVALID_ARGUMENT;
}

function unavailability(error: unknown): Unavailability {
  const grpc = grpcErrorOf(error);
  if (grpc?.code !== RESOURCE_EXHAUSTED) return 'away';
  return exhausted(grpc) === RESOURCE_EXHAUSTED_CAUSE_BUSY_WORKFLOW ? 'busy' : 'exhausted';
}

interface GrpcError {
  readonly code: number;
  readonly metadata?: { get(name: string): readonly unknown[] };
}

function grpcErrorOf(error: unknown): GrpcError | undefined {
  const cause = error instanceof ServiceError ? error.cause : error;
  const isGrpc = cause instanceof Error && 'code' in cause && typeof cause.code === 'number';
  return isGrpc ? (cause as Error & GrpcError) : undefined;
}

/** Of what there is too much, as Temporal's frontend adds it to the status (google.rpc.Status, in binary). */
function exhausted({ metadata }: GrpcError): number | undefined {
  const [status] = metadata?.get('grpc-status-details-bin') ?? [];
  if (!(status instanceof Uint8Array)) return undefined;
  const detail = google.rpc.Status.decode(status).details.find(({ type_url }) =>
    type_url?.endsWith('/temporal.api.errordetails.v1.ResourceExhaustedFailure'),
  );
  return detail?.value ? ResourceExhaustedFailure.decode(detail.value).cause : undefined;
}
