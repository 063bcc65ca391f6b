import type { FastifyReply } from 'fastify';
import type { Catalogue, Decoding, IncomingMessage } from '../../contracts';
import {
  BATCH_CONTENT_TYPE,
  decodeEvent,
  isExpired,
  mediaTypeOf,
  outgoing,
  publisherProblem,
} from '../../contracts';
import { encapsulated } from '../encapsulation';
import { problemOf, sendProblem } from '../problem';
import { bytesOf, headersOf } from '../server/request';
import { answerBatch } from './batch';
import type { Publishing, PublishOutcome } from './publishing';
import { publishOne, sendOutcome } from './publishing';

export interface EventsOptions extends Publishing {
  readonly catalogue: Catalogue;
  readonly clock: () => Date;
}

/**
 * `POST /events` takes a CloudEvent, structured or binary, or a batch of them, and answers 202 once JetStream has
 * confirmed it. `OPTIONS /events` is the handshake of CloudEvents webhooks.
 */
export const eventRoutes = encapsulated<EventsOptions>((app, parts) => {
  app.post('/events', async (request, reply) => {
    const reading = headersOf(request.raw.rawHeaders);
    if ('rejection' in reading) {
      parts.metrics.refused('events', reading.rejection.reason);
      return sendProblem(reply, problemOf(reading.rejection));
    }
    const { headers } = reading;
    const body = bytesOf(request.body);
    if (mediaTypeOf(headers) === BATCH_CONTENT_TYPE) {
      return answerBatch(reply, parts, body, (message) => take(parts, message));
    }
    return sendOutcome(reply, await take(parts, { headers, body }));
  });

  app.options('/events', (request, reply: FastifyReply) => {
    void reply.header('allow', 'OPTIONS, POST');
    const origin = request.headers['webhook-request-origin'];
    // The handshake protects others from deliveries that they have not requested. It does not authenticate (webhook
    // specification, 4).
    if (typeof origin === 'string' && origin !== '') {
      void reply.header('webhook-allowed-origin', origin).header('webhook-allowed-rate', '*');
    }
    return reply.code(200).send();
  });
});

async function take(parts: EventsOptions, message: IncomingMessage): Promise<PublishOutcome> {
  const decoding = unexpired(fromPublisher(decodeEvent(message, parts.catalogue)), parts.clock());
  if (!decoding.ok) {
    parts.metrics.refused('events', decoding.rejection.reason);
    return { kind: 'refused', problem: problemOf(decoding.rejection) };
  }
  const { event, published, stripped } = decoding;
  if (stripped.length > 0) parts.metrics.unknownFields(published.type, stripped);
  return publishOne(parts, 'events', outgoing(event));
}

function fromPublisher(decoding: Decoding): Decoding {
  const rejection = decoding.ok ? publisherProblem(decoding.event, decoding.published) : undefined;
  return rejection ? { ok: false, rejection } : decoding;
}

function unexpired(decoding: Decoding, now: Date): Decoding {
  if (!decoding.ok || !isExpired(decoding.event, now.getTime())) return decoding;
  const detail = `its expirytime, ${decoding.event.expiryTime ?? ''}, has passed`;
  return { ok: false, rejection: { reason: 'expired', detail, path: 'expirytime' } };
}
