import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Decision } from '../decision';
import type { Idempotency } from '../idempotency';
import type { Replies } from '../replies';
import {
  notFound,
  parameterInvalid,
  readIdempotencyKey,
  readInput,
  readKeyAskedFor,
  readNoBody,
  requireApiKey,
} from '../requests';
import type { Sources } from '../sources';
import type { Store } from '../store';
import { authorize } from './authorize';
import { cancel, capture, reauthorize, refund } from './changes';
import { createPaymentPages } from './pages';
import type { PaymentRecord, PaymentTimes } from './payment';
import { tokenBehaviour } from './tokens';

export interface PaymentProviderParts {
  readonly apiKey: string;
  readonly times: PaymentTimes;
  readonly store: Store;
  readonly sources: Sources;
  readonly replies: Replies;
  readonly idempotency: Idempotency;
  /** Resolves when the duration of a slow call is over. */
  readonly slowWork: () => Promise<void>;
}

const paymentRequestSchema = z.strictObject({
  amount: z.int().min(0),
  currency: z.string().regex(/^[A-Z]{3}$/, 'must be three capital letters'),
  payment_method: z.string().min(1).max(255),
  merchant_reference: z.string().min(1).max(255),
});
const amountRequestSchema = z.strictObject({ amount: z.int().min(1) });

const numeral = z
  .string()
  .regex(/^\d{1,12}$/, 'must be a whole number')
  .transform(Number);
const listRequestSchema = z.strictObject({
  updated_since: numeral,
  limit: numeral.pipe(z.int().min(1).max(100)).default(100),
  starting_after: z.string().min(1).max(128).optional(),
});

interface ById {
  Params: { id: string };
}

/** The payment provider's API, relative to the scope's prefix. */
export function servePaymentProvider(scope: FastifyInstance, parts: PaymentProviderParts): void {
  const { store, sources, times, replies, idempotency } = parts;
  const { payments, usedTokens } = store.state;
  const pageOf = createPaymentPages();
  requireApiKey(scope, parts.apiKey);

  scope.post('/payments', async (request, reply) => {
    const key = readIdempotencyKey(request);
    const body = readInput(paymentRequestSchema, request.body);
    const token = body.payment_method;
    const baseUrl = `${request.protocol}://${request.host}`;
    const answer = await idempotency.oncePerKey({
      provider: 'payment-provider',
      key,
      content: [request.method, request.url, body],
      work: tokenBehaviour(token)?.slow && parts.slowWork,
      decide: (tries) =>
        authorize(body, { tries, tokenUsed: usedTokens.has(token), baseUrl, times }, sources),
    });
    return replies.deliver(reply, answer);
  });

  scope.get<{ Querystring: Record<string, unknown> }>('/payments', (request, reply) => {
    if ('updated_since' in request.query) return list(request, reply);
    const id = idempotency.subjectOf('payment-provider', readKeyAskedFor(request));
    const record = id === undefined ? undefined : payments.get(id);
    return replies.show(reply, { status: 200, body: { data: record ? [record.payment] : [] } });
  });

  scope.get<ById>('/payments/:id', (request, reply) => {
    const record = payments.get(request.params.id);
    return replies.show(reply, record ? { status: 200, body: record.payment } : notFound('payment'));
  });

  scope.post<ById>('/payments/:id/capture', (request, reply) => {
    const { amount } = readInput(amountRequestSchema, request.body);
    return change(request, reply, { amount }, (record) => capture(record, amount, times, sources));
  });

  scope.post<ById>('/payments/:id/cancel', (request, reply) => {
    readNoBody(request);
    return change(request, reply, {}, (record) => cancel(record, sources));
  });

  scope.post<ById>('/payments/:id/reauthorize', (request, reply) => {
    readNoBody(request);
    return change(request, reply, {}, (record) => reauthorize(record, times, sources));
  });

  scope.post<ById>('/payments/:id/refunds', (request, reply) => {
    const { amount } = readInput(amountRequestSchema, request.body);
    return change(request, reply, { amount }, (record) => refund(record, amount, sources));
  });

  function list(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const { updated_since, limit, starting_after } = readInput(listRequestSchema, request.query);
    const all = Array.from(payments.values(), ({ payment }) => payment);
    const page = pageOf(all, { updatedSince: updated_since, limit, startingAfter: starting_after });
    if (!page) throw parameterInvalid('starting_after', 'there is no such payment');
    return replies.show(reply, { status: 200, body: page });
  }

  async function change(
    request: FastifyRequest<ById>,
    reply: FastifyReply,
    body: object,
    decide: (record: PaymentRecord) => Decision,
  ): Promise<FastifyReply> {
    const answer = await idempotency.oncePerKey({
      provider: 'payment-provider',
      key: readIdempotencyKey(request),
      content: [request.method, request.url, body],
      decide: () => {
        const record = payments.get(request.params.id);
        return record ? decide(record) : { kind: 'unsettled', answer: notFound('payment') };
      },
    });
    return replies.deliver(reply, answer);
  }
}
