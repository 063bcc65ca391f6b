import type { FastifyReply } from 'fastify';
import type {
  Catalogue,
  CheckedSignature,
  CheckSignature,
  Decoding,
  DomainEvent,
  IncomingMessage,
  TraceContext,
} from '../../contracts';
import {
  BATCH_CONTENT_TYPE,
  decodeEvent,
  isExpired,
  mediaTypeOf,
  outgoing,
  publisherProblem,
} from '../../contracts';
import type { Principal } from '../../security/tokens';
import { forbiddenEvent } from '../../security/tokens';
import { traceFor } from '../../tracing';
import { encapsulated } from '../encapsulation';
import type { Problem } from '../problem';
import { problemOf, sendProblem } from '../problem';
import type { TellRefusal } from '../server/authentication';
import { eventCounter } from '../server/limits';
import { bytesOf, headersOf, valuesOf } from '../server/request';
import { answerBatch } from './batch';
import type { Publishing, PublishOutcome } from './publishing';
import { publishOne, sendOutcome } from './publishing';
import type { Sealing } from './sealing';
import { sealedOutside, sealing } from './sealing';

export interface EventsOptions extends Publishing, Sealing {
  readonly catalogue: Catalogue;
  readonly clock: () => Date;
  /** Checks the signature of a body before it is parsed. Default: none is checked */
  readonly checkSignature?: CheckSignature | undefined;
  readonly tellRefusal: TellRefusal;
}

/**
 * `POST /events` takes a CloudEvent, structured or binary, or a batch of them, and answers 202 once JetStream has
 * confirmed it. `OPTIONS /events` is the handshake of CloudEvents webhooks.
 */
export const eventRoutes = encapsulated<EventsOptions>((app, parts) => {
  const countEvents = eventCounter(app, parts.tellRefusal);
  app.post('/events', { config: { access: 'events:publish' } }, async (request, reply) => {
    const reading = headersOf(request.raw.rawHeaders);
    if ('rejection' in reading) {
      parts.metrics.refused('events', reading.rejection.reason);
      return sendProblem(reply, problemOf(reading.rejection));
    }
    const { headers } = reading;
    const { principal } = request;
    const body = bytesOf(request.body);
    const signature = parts.checkSignature?.({ headers: valuesOf(request.raw.rawHeaders), body });
    if (signature?.ok === false) {
      parts.metrics.refused('events', signature.rejection.reason);
      return sendProblem(reply, problemOf(signature.rejection));
    }
    const about = { principal, signature, trace: request.trace };
    if (mediaTypeOf(headers) === BATCH_CONTENT_TYPE) {
      return answerBatch(reply, parts, body, {
        admit: (events) => countEvents(request, events),
        take: (message) => take(parts, message, about),
      });
    }
    return sendOutcome(reply, await take(parts, { headers, body }, about));
  });

  app.options('/events', { config: { access: 'anyone' } }, (request, reply: FastifyReply) => {
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

/** All senders to an open gateway share one quota. */
const ANYONE = 'anyone';

/** Who sends an event: the bearer of the token, and the signer of the body; and the trace of the request. */
interface Sender {
  readonly trace: TraceContext | undefined;
  readonly principal: Principal | null;
  readonly signature: CheckedSignature | undefined;
}

async function take(
  parts: EventsOptions,
  message: IncomingMessage,
  { principal, signature, trace }: Sender,
): Promise<PublishOutcome> {
  const decoded = signedFor(fromPublisher(decodeEvent(message, parts.catalogue)), signature);
  const decoding = unexpired(decoded, parts.clock());
  if (!decoding.ok) {
    parts.metrics.refused('events', decoding.rejection.reason);
    return { kind: 'refused', problem: problemOf(decoding.rejection) };
  }
  const { event, published, stripped } = decoding;
  // The type as it was sent: an older version is published as the newest one.
  const sent = { source: event.source, type: published.type };
  const forbidden = principal && forbiddenEvent(principal, sent);
  if (principal && forbidden) {
    parts.metrics.refused('events', forbidden);
    parts.tellRefusal(principal.name, forbidden);
    return { kind: 'refused', problem: FORBIDDEN[forbidden] };
  }
  const tooMany = await parts.admitEarly?.(principal?.name ?? ANYONE, event);
  if (tooMany) {
    parts.metrics.refused('events', tooMany.reason);
    parts.tellRefusal(principal?.name ?? ANYONE, tooMany.reason);
    return { kind: 'refused', problem: tooMany };
  }
  if (stripped.length > 0) parts.metrics.unknownFields(published.type, stripped);
  const sealed = await sealing(parts, event, () => sealedEvent(parts, event));
  if (!('problem' in sealed))
    return publishOne(parts, 'events', outgoing({ ...sealed, ...traceFor(sealed, trace) }), trace);
  parts.metrics.refused('events', sealed.problem.reason);
  return { kind: 'refused', problem: sealed.problem };
}

async function sealedEvent({ catalogue, seal }: EventsOptions, event: DomainEvent): Promise<DomainEvent> {
  const contract = catalogue.contractOf(event.type);
  return contract ? { ...event, data: await seal(contract, event.data) } : event;
}

function fromPublisher(decoding: Decoding): Decoding {
  const rejection = decoding.ok
    ? (publisherProblem(decoding.event, decoding.published) ?? sealedOutside(decoding.event.data))
    : undefined;
  return rejection ? { ok: false, rejection } : decoding;
}

function signedFor(decoding: Decoding, signature: CheckedSignature | undefined): Decoding {
  const rejection = decoding.ok && signature?.ok ? signature.sourceProblem(decoding.event.source) : undefined;
  return rejection ? { ok: false, rejection } : decoding;
}

const FORBIDDEN = {
  'forbidden-source': {
    ...{ status: 403, reason: 'forbidden-source', title: 'the token is not for events of this source' },
    ...{ detail: 'Send the event with a source that the token names.', path: 'source' },
  },
  'forbidden-type': {
    ...{ status: 403, reason: 'forbidden-type', title: 'the token is not for events of this type' },
    ...{ detail: 'Ask the operator for a token that names this type.', path: 'type' },
  },
} as const satisfies Readonly<Record<string, Problem>>;

function unexpired(decoding: Decoding, now: Date): Decoding {
  if (!decoding.ok || !isExpired(decoding.event, now.getTime())) return decoding;
  const detail = `its expirytime, ${decoding.event.expiryTime ?? ''}, has passed`;
  return { ok: false, rejection: { reason: 'expired', detail, path: 'expirytime' } };
}
