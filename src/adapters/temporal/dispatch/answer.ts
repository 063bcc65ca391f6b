import { ServiceError } from '@temporalio/client';
import { NamespaceNotFoundError } from '@temporalio/common';
import { google, temporal } from '@temporalio/proto';
import type { Answer, Unavailability } from '../../../bridge';
import {
  DEADLINE_EXCEEDED,
  grpcErrorOf,
  INVALID_ARGUMENT,
  PERMISSION_DENIED,
  RESOURCE_EXHAUSTED,
  statusCode,
  UNAUTHENTICATED,
  UNAVAILABLE,
  UNIMPLEMENTED,
} from '../connection/status';

const { ResourceExhaustedFailure } = temporal.api.errordetails.v1;
const { RESOURCE_EXHAUSTED_CAUSE_BUSY_WORKFLOW } = temporal.api.enums.v1.ResourceExhaustedCause;

/**
 * Codes that do not concern one workflow: no server, no answer in time, or a server that denies access or does not
 * know the call. gRPC gives UNAVAILABLE for lost connections, and DEADLINE_EXCEEDED for a server that is connected
 * and silent.
 */
const AWAY: ReadonlySet<number> = new Set([
  UNAVAILABLE,
  DEADLINE_EXCEEDED,
  UNAUTHENTICATED,
  PERMISSION_DENIED,
  UNIMPLEMENTED,
]);

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

/**
 * Whether repeating the call cannot help: Temporal refused the request itself, or it was never sent. An error without
 * a status comes from our own code, for example from a summary.
 */
function isHopeless(error: unknown): boolean {
  const fromTemporal = error instanceof ServiceError || error instanceof NamespaceNotFoundError;
  const code = statusCode(error);
  return code === undefined ? !fromTemporal : code === INVALID_ARGUMENT;
}

function unavailability(error: unknown): Unavailability {
  const grpc = grpcErrorOf(error);
  if (grpc?.code === RESOURCE_EXHAUSTED)
    return exhausted(grpc) === RESOURCE_EXHAUSTED_CAUSE_BUSY_WORKFLOW ? 'busy' : 'exhausted';
  return grpc === undefined || error instanceof NamespaceNotFoundError || AWAY.has(grpc.code)
    ? 'away'
    : 'failing';
}

/** The cause of RESOURCE_EXHAUSTED, which Temporal's frontend adds to the status (google.rpc.Status, in binary). */
function exhausted({ metadata }: NonNullable<ReturnType<typeof grpcErrorOf>>): number | undefined {
  const [status] = metadata?.get('grpc-status-details-bin') ?? [];
  if (!(status instanceof Uint8Array)) return undefined;
  const detail = google.rpc.Status.decode(status).details.find(({ type_url }) =>
    type_url?.endsWith('/temporal.api.errordetails.v1.ResourceExhaustedFailure'),
  );
  return detail?.value ? ResourceExhaustedFailure.decode(detail.value).cause : undefined;
}
