import type { WorkflowExecutionStatusName } from '@temporalio/client';
import { ServiceError } from '@temporalio/client';

/**
 * gRPC status codes (https://grpc.io/docs/guides/status-codes/). The request itself is at fault; all other refusals
 * may be temporary.
 */
export const INVALID_ARGUMENT = 3;
/** The caller, or the connection, has ended the call before its answer. */
export const CANCELLED = 1;
/** No answer in time; the request may have taken effect. */
export const DEADLINE_EXCEEDED = 4;
export const NOT_FOUND = 5;
/** The authorizer refuses: an API key that has expired, or may not do this. */
export const PERMISSION_DENIED = 7;
/** Temporal asks for fewer requests; the details of the error say which limit was reached. */
export const RESOURCE_EXHAUSTED = 8;
export const FAILED_PRECONDITION = 9;
/** The server does not have the call, because it is older. */
export const UNIMPLEMENTED = 12;
/** No connection, or a lost one. Temporal also answers this while one of its parts changes over. */
export const UNAVAILABLE = 14;
/** No API key, or one that the server does not know. */
export const UNAUTHENTICATED = 16;

interface GrpcError {
  readonly code: number;
  readonly metadata?: { get(name: string): readonly unknown[] };
}

/** The gRPC error in an error, wrapped by the SDK or not; `undefined` for any other error. */
export function grpcErrorOf(error: unknown): GrpcError | undefined {
  const cause = error instanceof ServiceError ? error.cause : error;
  const isGrpc = cause instanceof Error && 'code' in cause && typeof cause.code === 'number';
  return isGrpc ? (cause as Error & GrpcError) : undefined;
}

/** Whether nobody has answered, or not in time: the server is away, starts, or does too much. */
export function isUnavailable(error: unknown): boolean {
  const code = statusCode(error);
  return code === UNAVAILABLE || code === DEADLINE_EXCEEDED || code === CANCELLED;
}

export function statusCode(error: unknown): number | undefined {
  return grpcErrorOf(error)?.code;
}

/** A list rather than `not RUNNING`: a paused workflow is open, and an unknown state may be. */
const CLOSED: ReadonlySet<WorkflowExecutionStatusName> = new Set([
  'COMPLETED',
  'FAILED',
  'CANCELLED',
  'TERMINATED',
  'TIMED_OUT',
]);

export function isClosed(status: WorkflowExecutionStatusName): boolean {
  return CLOSED.has(status);
}
