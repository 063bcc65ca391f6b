import type { FastifyInstance } from 'fastify';
import { decodeEvent, outgoing } from '../contracts';
import type { GatewayParts } from './gateway';
import { problemOf, sendProblem } from './problem';
import { publishOne, sendOutcome } from './publishing';

/** `POST /events`: a CloudEvent, structured or binary. 202 once JetStream has confirmed it. */
export function addEvents(app: FastifyInstance, parts: GatewayParts): void {
  app.post('/events', async (request, reply) => {
    const decoding = decodeEvent(
      { headers: singleValued(request.headers), body: bodyOf(request.body) },
      parts.catalogue,
    );
    if (!decoding.ok) {
      parts.metrics.refused('events', decoding.rejection.reason);
      return sendProblem(reply, problemOf(decoding.rejection));
    }
    return sendOutcome(reply, await publishOne(parts, 'events', outgoing(decoding.event)));
  });
}

export function bodyOf(body: unknown): Uint8Array {
  return Buffer.isBuffer(body) ? body : new Uint8Array();
}

/** Header names in lower case, as Node gives them; those that came several times and were not joined are left out. */
export function singleValued(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  );
}
