import { isDeepStrictEqual } from 'node:util';
import type { FastifyReply } from 'fastify';
import type { PublishFirst } from '../../adapters/nats';
import type { Submit } from '../../adapters/temporal';
import type {
  Catalogue,
  CheckSignature,
  Endpoint,
  EndpointAnswer,
  DomainEvent,
  StoredMessage,
  TraceContext,
} from '../../contracts';
import {
  decodeEvent,
  decodeSigned,
  encodeSealed,
  endpointSource,
  InvalidEventError,
  originalSubject,
  outgoing,
  readData,
  readJson,
  workflowIdOf,
} from '../../contracts';
import { traceFor } from '../../tracing';
import { encapsulated } from '../encapsulation';
import type { Problem } from '../problem';
import { problemOf, sendProblem } from '../problem';
import { bytesOf } from '../server/request';
import type { Publishing } from './publishing';
import { notPublished, sizeProblem } from './publishing';
import type { Sealing } from './sealing';
import { sealedOutside, sealing } from './sealing';

export interface EndpointsOptions extends Pick<Publishing, 'metrics' | 'log'>, Sealing {
  readonly catalogue: Catalogue;
  readonly publishFirst: PublishFirst;
  readonly submit: Submit;
  /** Checks the signature of an earlier event of the stream. Default: none is checked */
  readonly checkSignature?: CheckSignature | undefined;
  readonly clock: () => Date;
}

/** When to ask again, in seconds: most processes answer within a second of their start, others wait for a person. */
const RETRY_AFTER_S = 5;

/**
 * `POST <path>` for each endpoint of the domains: the body is the data of an event, as JSON. The event goes to the
 * stream first, as with any other endpoint, so that an answered request is known to other consumers and is not lost
 * with this process. Then the workflow is opened with the event, and asked for its answer.
 */
export const endpointRoutes = encapsulated<EndpointsOptions>((app, parts) => {
  for (const endpoint of parts.catalogue.endpoints) {
    app.post(endpoint.path, { config: { access: 'endpoints:submit' } }, async (request, reply) => {
      const { trace } = request;
      const reading = await eventIn(bytesOf(request.body), endpoint, parts, trace);
      if ('problem' in reading) return refuse(reply, parts, reading.problem);
      return await submit(reply, parts, endpoint, reading.event);
    });
  }
});

async function submit(
  reply: FastifyReply,
  parts: EndpointsOptions,
  endpoint: Endpoint,
  event: DomainEvent,
): Promise<FastifyReply> {
  const message = outgoing(event);
  let first: DomainEvent;
  try {
    first = await firstEvent(parts, event);
  } catch (error) {
    return sendProblem(reply, notPublished(parts, 'request-reply', message, error));
  }
  if (!isDeepStrictEqual(first.data, event.data)) {
    return refuse(reply, parts, conflict(event.key));
  }
  const duplicate = first !== event;
  const about = {
    id: first.id,
    source: first.source,
    key: first.key,
    workflowId: workflowIdOf(endpoint.workflow, first.key),
  };
  const submitted = await parts.submit(endpoint.workflow, first);
  if (submitted.kind === 'answered' && !submitted.answer.accepted) {
    return refuse(reply, parts, problemIn(submitted.answer, endpoint, first.key));
  }
  parts.metrics.accepted('request-reply', duplicate);
  if (submitted.kind === 'answered') return reply.code(201).send({ ...about, answer: 'accepted' });
  void reply.header('retry-after', String(RETRY_AFTER_S));
  return reply.code(202).send({
    ...about,
    answer: 'pending',
    detail: `It is submitted, and not answered yet (${submitted.why}). Send the same request again to ask.`,
  });
}

/** Returns the event that has opened, or will open, the process of this key: the given one, or an earlier one. */
async function firstEvent(
  { publishFirst, catalogue, checkSignature }: EndpointsOptions,
  event: DomainEvent,
): Promise<DomainEvent> {
  // As consumers read it: an event that they refuse does not open the process.
  const read = (message: StoredMessage) =>
    decodeSigned(
      { ...message, subject: originalSubject(message.subject) },
      catalogue,
      checkSignature?.(message),
    );
  const first = await publishFirst(outgoing(event), (message) => read(message).ok);
  if (first.kind === 'published') return event;
  const decoding = read(first.message);
  if (!decoding.ok) throw new Error(`the event of ${event.key} cannot be read any more`);
  return decoding.event;
}

function problemIn(
  { reason, detail }: Extract<EndpointAnswer, { accepted: false }>,
  { conflicts = [] }: Endpoint,
  key: string,
): Problem {
  if (conflicts.includes(reason)) return conflict(key);
  return { status: 422, reason, title: 'the process has refused it', detail };
}

/** It says nothing about the other request, which may be a stranger's. */
function conflict(key: string): Problem {
  const detail = `${key} was submitted before, with other content; use another key`;
  return { status: 409, reason: 'conflict', title: 'another one has this key', detail };
}

function refuse(reply: FastifyReply, { metrics }: EndpointsOptions, problem: Problem): FastifyReply {
  metrics.refused('request-reply', problem.reason);
  return sendProblem(reply, problem);
}

/** Makes the event of a request. The same data is the same event, whenever and wherever it is sent. */
async function eventIn(
  body: Uint8Array,
  endpoint: Endpoint,
  parts: EndpointsOptions,
  trace: TraceContext | undefined,
): Promise<{ event: DomainEvent } | { problem: Problem }> {
  const { catalogue, clock, metrics } = parts;
  const { event: contract } = endpoint;
  const json = readJson(body);
  if (!json.ok) return { problem: problemOf(json.rejection) };
  const reading = readData(contract, json.value);
  if (!reading.ok) return { problem: problemOf(reading.rejection) };
  const outside = sealedOutside(reading.data);
  if (outside) return { problem: problemOf(outside) };
  if (reading.stripped.length > 0) metrics.unknownFields(contract.type, reading.stripped);
  try {
    const key = contract.key(reading.data);
    const draft = { contract, id: key, time: clock().toISOString(), data: reading.data };
    const source = endpointSource(endpoint);
    const origin = { source, ...traceFor({ id: key, source }, trace) };
    const message = await sealing(parts, contract, () => encodeSealed(draft, origin, parts.seal));
    if ('problem' in message) return message;
    const tooLarge = sizeProblem(message);
    if (tooLarge) return { problem: tooLarge };
    const decoding = decodeEvent({ headers: {}, body: message.body }, catalogue);
    return decoding.ok ? { event: decoding.event } : { problem: problemOf(decoding.rejection) };
  } catch (error) {
    if (!(error instanceof InvalidEventError)) throw error;
    return { problem: problemOf({ reason: 'invalid-data', detail: error.detail, path: error.path }) };
  }
}
