import type { FastifyReply } from 'fastify';
import type { Rejection } from '../contracts';
import { REASONS } from '../contracts';

/** Problem details (RFC 9457), with the same reasons as the dead letters. */
export interface Problem {
  readonly status: number;
  readonly reason: string;
  readonly title: string;
  readonly detail: string;
  readonly path?: string | undefined;
  /** For the header `Retry-After`. */
  readonly retryAfterS?: number;
}

export function problemOf({ reason, detail, path }: Rejection): Problem {
  return { status: REASONS[reason].status, reason, title: REASONS[reason].meaning, detail, path };
}

export function sendProblem(reply: FastifyReply, { retryAfterS, ...problem }: Problem): FastifyReply {
  if (retryAfterS !== undefined) void reply.header('retry-after', String(retryAfterS));
  return reply
    .code(problem.status)
    .type('application/problem+json')
    .send({ type: `urn:sagaline:problem:${problem.reason}`, ...problem });
}
