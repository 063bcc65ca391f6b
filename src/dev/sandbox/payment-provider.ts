import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Decision } from './decision';
import { callId, type KeyedAnswer, type KeyedCall } from './idempotency';
import { paymentTokens, tokenBehaviour } from './magic';
import { authorize, cancel, capture, refund, type PaymentTimes } from './payments';
import type { Replies } from './replies';
import {
  notFound,
  readIdempotencyKey,
  readInput,
  readKeyAskedFor,
  readNoBody,
  requireApiKey,
} from './requests';
import type { PaymentRecord } from './facts';
import type { Sources } from './sources';
import type { Store } from './store';

export interface PaymentProviderParts {
  readonly apiKey: string;
  readonly times: PaymentTimes;
  readonly store: Store;
  readonly sources: Sources;
  readonly replies: Replies;
  readonly oncePerKey: (call: KeyedCall) => Promise<KeyedAnswer>;
  /** Resolves when a slow call has taken its time. */
  readonly slowWork: () => Promise<void>;
}

// Stripe's limit: eight digits.
const amountSchema = z.int().min(1).max(99_999_999);

const paymentRequestSchema = z.strictObject({
  amount: amountSchema,
  currency: z.string().regex(/^[A-Z]{3}$/, 'must be three capital letters'),
  payment_method: z.enum(paymentTokens),
  merchant_reference: z.string().min(1).max(255),
});
const amountRequestSchema = z.strictObject({ amount: amountSchema });

interface ById {
  Params: { id: string };
}

/** The payment provider's API, relative to the scope's prefix. */
export function servePaymentProvider(scope: FastifyInstance, parts: PaymentProviderParts): void {
  const { store, sources, replies, oncePerKey } = parts;
  const { payments, answers } = store.state;
  requireApiKey(scope, parts.apiKey);

  scope.post('/payments', async (request, reply) => {
    const key = readIdempotencyKey(request);
    const body = readInput(paymentRequestSchema, request.body);
    const answer = await oncePerKey({
      provider: 'payment-provider',
      key,
      content: [request.method, request.url, body],
      work: tokenBehaviour(body.payment_method).slow && parts.slowWork,
      decide: (tries) => authorize(body, tries, parts.times, sources),
    });
    return replies.deliver(reply, answer);
  });

  scope.get('/payments', (request, reply) => {
    const kept = answers.get(callId('payment-provider', readKeyAskedFor(request)));
    const record = kept?.subject === undefined ? undefined : payments.get(kept.subject);
    return replies.show(reply, { status: 200, body: { data: record ? [record.payment] : [] } });
  });

  scope.get<ById>('/payments/:id', (request, reply) => {
    const record = payments.get(request.params.id);
    return replies.show(reply, record ? { status: 200, body: record.payment } : notFound('payment'));
  });

  scope.post<ById>('/payments/:id/capture', (request, reply) => {
    const { amount } = readInput(amountRequestSchema, request.body);
    return change(request, reply, { amount }, (record) => capture(record, amount, sources));
  });

  scope.post<ById>('/payments/:id/cancel', (request, reply) => {
    readNoBody(request);
    return change(request, reply, {}, (record) => cancel(record, sources));
  });

  scope.post<ById>('/payments/:id/refunds', (request, reply) => {
    const { amount } = readInput(amountRequestSchema, request.body);
    return change(request, reply, { amount }, (record) => refund(record, amount, sources));
  });

  async function change(
    request: FastifyRequest<ById>,
    reply: FastifyReply,
    body: object,
    decide: (record: PaymentRecord) => Decision,
  ): Promise<FastifyReply> {
    const answer = await oncePerKey({
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
