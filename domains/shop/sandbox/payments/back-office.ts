import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import type { Replies } from '../replies';
import { notFound, readInput } from '../requests';
import type { Sources } from '../sources';
import type { Store } from '../store';
import { authenticationPage } from './authentication-page';
import { byHand, type ByHand } from './by-hand';
import type { PaymentTimes } from './payment';

const amountSchema = z.strictObject({ amount: z.int().min(1).optional() }).nullish();
const authenticationSchema = z.strictObject({ outcome: z.enum(['succeeded', 'failed']) });
const closingSchema = z.strictObject({ outcome: z.enum(['won', 'lost']) });

interface ById {
  Params: { id: string };
}

export interface BackOfficeParts {
  readonly store: Store;
  readonly sources: Sources;
  readonly replies: Replies;
  readonly times: PaymentTimes;
}

/**
 * Serves what people do with a payment by hand, in the provider's back office and at the bank. No API key, no idempotency
 * key.
 */
export function serveBackOffice(
  app: FastifyInstance,
  { store, sources, replies, times }: BackOfficeParts,
): void {
  const { payments } = store.state;

  for (const act of ['cancel', 'expire'] as const) {
    app.post<ById>(`/sandbox/payments/:id/${act}`, ({ params }, reply) => execute(params.id, { act }, reply));
  }
  for (const act of ['refund', 'dispute'] as const) {
    app.post<ById>(`/sandbox/payments/:id/${act}`, ({ params, body }, reply) =>
      execute(params.id, { act, amount: readInput(amountSchema, body)?.amount }, reply),
    );
  }
  app.post<ById>('/sandbox/payments/:id/close-dispute', ({ params, body }, reply) =>
    execute(params.id, { act: 'close-dispute', ...readInput(closingSchema, body) }, reply),
  );
  app.post<ById>('/sandbox/payments/:id/authenticate', ({ params, body }, reply) =>
    execute(params.id, { act: 'authenticate', ...readInput(authenticationSchema, body) }, reply),
  );
  app.get<ById>('/sandbox/payments/:id/authenticate', ({ params }, reply) => {
    const record = payments.get(params.id);
    if (!record) return replies.show(reply, notFound('payment'));
    void reply.type('text/html; charset=utf-8');
    return replies.show(reply, { status: 200, body: authenticationPage(record.payment) });
  });

  function execute(id: string, request: ByHand, reply: FastifyReply): FastifyReply {
    const record = payments.get(id);
    if (!record) return replies.show(reply, notFound('payment'));
    const decision = byHand(record, request, times, sources);
    if (decision.kind === 'settled') store.commit(decision.facts);
    return reply.status(decision.answer.status).send(decision.answer.body);
  }
}
