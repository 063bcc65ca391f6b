import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { CallRecord } from './calls';
import { PROVIDERS, type Fact } from './facts';
import { callId } from './idempotency';
import { tokenBehaviour } from './payments/tokens';
import type { Replies } from './replies';
import { idempotencyKeySchema, notFound, readInput } from './requests';
import { postalCodeBehaviour } from './shipments/postal-codes';
import type { Store } from './store';

const forgettingSchema = z.strictObject({
  provider: z.enum(PROVIDERS),
  idempotency_key: idempotencyKeySchema,
});

/** Serves what a developer or a test may read and do directly. It needs no key: the sandbox is for development. */
export function serveControl(
  app: FastifyInstance,
  { store, calls }: { readonly store: Store; readonly calls: CallRecord },
  replies: Replies,
): void {
  const { state } = store;

  app.get('/livez', () => ({ status: 'live' }));
  app.get('/readyz', (_request, reply) => replies.show(reply, { status: 200, body: { status: 'ready' } }));

  app.get('/sandbox/calls', (_request, reply) => replies.show(reply, list(calls.all())));
  app.get('/sandbox/payments', (_request, reply) =>
    replies.show(reply, list([...state.payments.values()].map((record) => record.payment))),
  );
  app.get('/sandbox/shipments', (_request, reply) =>
    replies.show(reply, list([...state.shipments.values()].map((record) => record.shipment))),
  );
  app.get('/sandbox/webhooks', (_request, reply) => {
    const webhooks = [...state.webhooks.values()].map(({ id, to, type, subject }) => {
      return { id, to, type, subject, delivered: !state.undelivered.has(id) };
    });
    return replies.show(reply, list(webhooks));
  });

  app.post('/sandbox/heal', (_request, reply) => {
    const facts: Fact[] = [
      ...[...state.payments.values()]
        .filter((record) => tokenBehaviour(record.token)?.cancelFails && !record.healed)
        .map((record) => ({ kind: 'payment-saved' as const, record: { ...record, healed: true } })),
      ...[...state.shipments.values()]
        .filter(
          ({ shipment, healed }) =>
            postalCodeBehaviour(shipment.recipient.postal_code).cancelFails && !healed,
        )
        .map((record) => ({ kind: 'shipment-saved' as const, record: { ...record, healed: true } })),
    ];
    store.commit(facts);
    return reply.send({ healed: facts.length });
  });

  app.post('/sandbox/keys/forget', (request, reply) => {
    const { provider, idempotency_key } = readInput(forgettingSchema, request.body);
    const id = callId(provider, idempotency_key);
    const known = state.answers.has(id) || state.tries.has(id);
    store.commit([{ kind: 'key-forgotten', callId: id }]);
    return reply.send({ forgotten: known ? 1 : 0 });
  });

  app.post<{ Params: { eventId: string } }>('/sandbox/webhooks/:eventId/resend', (request, reply) => {
    const { eventId } = request.params;
    if (!state.webhooks.has(eventId)) return replies.show(reply, notFound('webhook'));
    store.commit([{ kind: 'webhook-requeued', id: eventId }]);
    return reply.status(202).send({ id: eventId });
  });
}

function list(data: readonly unknown[]): { status: number; body: { data: readonly unknown[] } } {
  return { status: 200, body: { data } };
}
