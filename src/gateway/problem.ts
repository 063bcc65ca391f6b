import type { FastifyReply } from 'fastify';
import type { Rejection } from '../contracts';
import { oneLine, REASONS } from '../contracts';

/** Problem details (RFC 9457), with the same reasons as the dead letters. */
export interface Problem {
  readonly status: number;
  readonly reason: string;
  readonly title: string;
  readonly detail: string;
  readonly path?: string | undefined;
  /** For a batch: the result of each event. */
  readonly results?: readonly object[];
  /** For the header `Retry-After`, in seconds. */
  readonly retryAfterS?: number;
}

export function problemOf({ reason, detail, path }: Rejection): Problem {
  return { status: REASONS[reason].status, reason, title: REASONS[reason].meaning, detail, path };
}

export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  if (problem.retryAfterS !== undefined) void reply.header('retry-after', String(problem.retryAfterS));
  return reply.code(problem.status).type('application/problem+json').send(bodyOf(problem));
}

/**
 * The body of the response: the problem without the field that becomes a header. The detail may quote what was sent; it is
 * one line on any terminal.
 */
export function bodyOf(problem: Problem): object {
  const { detail, path } = problem;
  return {
    type: `urn:sagaline:problem:${problem.reason}`,
    ...problem,
    detail: oneLine(detail),
    path: path === undefined ? undefined : oneLine(path),
    retryAfterS: undefined,
  };
}
