import { ServiceError } from '@temporalio/client';

/** gRPC's INVALID_ARGUMENT: the request itself is at fault. All other refusals may pass. */
export const INVALID_ARGUMENT = 3;

/** The gRPC status of a refusal, which the client's own errors carry as their cause; undefined when it has none. */
export function statusCode(error: unknown): number | undefined {
  const cause = error instanceof ServiceError ? error.cause : error;
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'number' ? cause.code : undefined;
}
