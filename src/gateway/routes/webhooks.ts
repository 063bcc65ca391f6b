import type { FastifyReply, FastifyRequest, preParsingHookHandler } from 'fastify';
import type {
  Catalogue,
  NewEvent,
  OutgoingEvent,
  SignedRequest,
  TraceContext,
  Webhook,
  WebhookReading,
} from '../../contracts';
import {
  decodeEvent,
  encodeSealed,
  InvalidEventError,
  originProblem,
  providerSource,
  readJson,
} from '../../contracts';
import { traceFor } from '../../tracing';
import { encapsulated } from '../encapsulation';
import type { Problem } from '../problem';
import { problemOf, sendProblem } from '../problem';
import type { TellRefusal } from '../server/authentication';
import { BodyRefusedError, uncompressedOnly } from '../server/compression';
import { bytesOf, headersOf } from '../server/request';
import type { Publishing, PublishOutcome } from './publishing';
import { isWorthRepeating, publishOne, sendOutcome } from './publishing';
import type { Sealing } from './sealing';
import { sealing } from './sealing';

export interface WebhooksOptions extends Publishing, Sealing {
  readonly catalogue: Catalogue;
  /** Secrets by provider; any secret of a provider may have signed a call. */
  readonly webhookSecrets: Readonly<Record<string, readonly string[]>>;
  readonly clock: () => Date;
  readonly tellRefusal: TellRefusal;
}

/**
 * `POST /webhooks/:provider` takes a provider's own JSON, signed. The provider's event ids become the ids of the
 * events.
 */
export const webhookRoutes = encapsulated<WebhooksOptions>((app, parts) => {
  const { catalogue, webhookSecrets, metrics, clock } = parts;

  const config = { access: 'signature' } as const;
  // Anyone may call: what can be refused without the body is refused before it is read, and decompressed.
  const beforeBody: preParsingHookHandler = ({ params, headers }, _reply, payload, next) => {
    const { provider } = params as Called['Params'];
    next(problemOfHead(catalogue, provider, headers) ?? null, payload);
  };
  app.post<Called>('/webhooks/:provider', { config, preParsing: beforeBody }, async (request, reply) => {
    const refuse = (problem: Problem) => {
      metrics.refused('webhooks', problem.reason);
      return sendProblem(reply, problem);
    };
    const { provider } = request.params;
    const webhook = catalogue.webhookOf(provider);
    if (!webhook) return refuse(unknownProvider(provider));

    const sent = headersOf(request.raw.rawHeaders);
    if ('rejection' in sent) return refuse(problemOf(sent.rejection));
    const call = { body: bytesOf(request.body), headers: sent.headers };
    const verified = webhook.verify(call, webhookSecrets[provider] ?? [], clock());
    if (!verified.ok) return refuse(invalidSignature(verified.reason));

    const reading = readCall(webhook, call);
    if (reading.kind === 'unreadable') return refuse(reading.problem);
    if (reading.kind === 'ignored') {
      metrics.refused('webhooks', 'ignored');
      return reply.code(200).send({ ignored: true });
    }
    const { trace } = request;
    const { events, problem } = await encodeAll(parts, reading, { source: providerSource(provider), trace });
    const outcomes = await publishInOrder(parts, { provider, trace }, events);
    const refused = outcomes.findLast(isWorthRepeating) ?? outcomes.find(({ kind }) => kind === 'refused');
    if (refused) return sendOutcome(reply, refused);
    if (problem) return refuse(problem);
    return sendReceipts(reply, outcomes);
  });
});

interface Called {
  Params: { provider: string };
}

function problemOfHead(
  catalogue: Catalogue,
  provider: string,
  headers: FastifyRequest['headers'],
): BodyRefusedError | undefined {
  const webhook = catalogue.webhookOf(provider);
  const header = webhook?.verify.header;
  if (header !== undefined && headers[header] === undefined)
    return new BodyRefusedError(invalidSignature(`the header ${header} is missing`));
  return webhook?.compressed === true ? undefined : uncompressedOnly(headers['content-encoding']);
}

type Reading = WebhookReading | { readonly kind: 'unreadable'; readonly problem: Problem };

/**
 * Reads a call. JSON that we refuse may be of a type that we ignore. It is then ignored, because the provider would
 * otherwise repeat it for days.
 */
function readCall(webhook: Webhook, { body, headers }: SignedRequest): Reading {
  const json = readJson(body);
  if (json.ok) return webhook.read({ body: json.value, headers });
  const ignored = webhook.read({ body: anyJson(body), headers }).kind === 'ignored';
  return ignored ? { kind: 'ignored' } : { kind: 'unreadable', problem: problemOf(json.rejection) };
}

/** Parses JSON without our own rules; `undefined` if it is not JSON. */
function anyJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
}

/** Who calls: the source of its events, and the trace of the request. */
interface Caller {
  readonly source: string;
  readonly trace: TraceContext | undefined;
}

async function encodeAll(
  parts: Sealing,
  { events, problem }: Extract<WebhookReading, { kind: 'events' }>,
  from: Caller,
): Promise<{ events: OutgoingEvent[]; problem?: Problem }> {
  const encoded: OutgoingEvent[] = [];
  let first: Problem | undefined = problem && problemOf({ reason: 'invalid-data', ...problem });
  for (const event of events) {
    const outcome = await encodeOne(parts, event, from);
    if ('problem' in outcome) first ??= outcome.problem;
    else encoded.push(outcome);
    // The provider repeats the call, and the events before this one are recognised as duplicates.
    if ('problem' in outcome && outcome.problem.retryAfterS !== undefined)
      return { events: encoded, problem: outcome.problem };
  }
  return { events: encoded, ...(first && { problem: first }) };
}

/** Encodes an event of a webhook. The contract of another provider's event, or of any other, refuses it. */
async function encodeOne(
  parts: Sealing,
  event: NewEvent,
  { source, trace }: Caller,
): Promise<OutgoingEvent | { readonly problem: Problem }> {
  const forbidden = originProblem({ source }, event.contract);
  if (forbidden) return { problem: problemOf(forbidden) };
  try {
    const origin = { source, ...traceFor({ id: event.id, source }, trace) };
    return await sealing(parts, event.contract, () => encodeSealed(event, origin, parts.seal));
  } catch (error) {
    if (!(error instanceof InvalidEventError)) throw error;
    return { problem: problemOf({ reason: 'invalid-data', detail: error.detail, path: error.path }) };
  }
}

/**
 * Publishes events in order, and stops at an event that the stream does not confirm: the provider repeats the call, and
 * the events before it are recognised as duplicates. An event that is refused for good, such as a conflict, does not
 * hold up those after it.
 */
async function publishInOrder(
  parts: WebhooksOptions,
  { provider, trace }: { readonly provider: string; readonly trace: TraceContext | undefined },
  events: readonly OutgoingEvent[],
): Promise<PublishOutcome[]> {
  const outcomes: PublishOutcome[] = [];
  for (const event of events) {
    const tooMany = await problemOfQuota(parts, provider, event);
    if (tooMany) parts.metrics.refused('webhooks', tooMany.reason);
    const outcome: PublishOutcome = tooMany
      ? { kind: 'refused', problem: tooMany }
      : await publishOne(parts, 'webhooks', event, trace);
    outcomes.push(outcome);
    if (isWorthRepeating(outcome)) break;
  }
  return outcomes;
}

/** Each provider has a quota of its own. */
async function problemOfQuota(
  { admitEarly, catalogue, tellRefusal }: WebhooksOptions,
  provider: string,
  { body }: OutgoingEvent,
): Promise<Problem | undefined> {
  if (!admitEarly) return undefined;
  const decoding = decodeEvent({ headers: {}, body }, catalogue);
  const tooMany = decoding.ok ? await admitEarly(provider, decoding.event) : undefined;
  if (tooMany) tellRefusal(provider, tooMany.reason);
  return tooMany;
}

/** Answers with the receipt if there is one event, otherwise with the list of receipts. */
function sendReceipts(reply: FastifyReply, outcomes: readonly PublishOutcome[]): FastifyReply {
  const [only, ...more] = outcomes;
  if (only && more.length === 0) return sendOutcome(reply, only);
  const events = outcomes.flatMap((outcome) => (outcome.kind === 'published' ? [outcome.receipt] : []));
  return reply.code(202).send({ events });
}

function unknownProvider(provider: string): Problem {
  return {
    status: 404,
    reason: 'unknown-provider',
    title: 'no domain knows this provider',
    detail: `"${provider}" is none of the configured ones: compare the address with the one that you were given`,
  };
}

function invalidSignature(detail: string): Problem {
  return { status: 401, reason: 'invalid-signature', title: 'the webhook is not signed as agreed', detail };
}
