import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Idempotency } from '../idempotency';
import type { Replies } from '../replies';
import {
  notFound,
  readIdempotencyKey,
  readInput,
  readKeyAskedFor,
  readNoBody,
  requireApiKey,
} from '../requests';
import type { Sources } from '../sources';
import type { Store } from '../store';
import { book, cancel } from './changes';
import { parcelSchema, recipientSchema, type CarrierTimes } from './shipment';

export interface CarrierParts {
  readonly apiKey: string;
  readonly times: CarrierTimes;
  readonly store: Store;
  readonly sources: Sources;
  readonly replies: Replies;
  readonly idempotency: Idempotency;
}

// More lines than the customs form of a parcel label has.
const PARCELS_AT_MOST = 100;

const shipmentRequestSchema = z.strictObject({
  reference: z.string().min(1).max(255),
  recipient: recipientSchema,
  parcels: z.array(parcelSchema).min(1).max(PARCELS_AT_MOST),
});

interface ById {
  Params: { id: string };
}

/** The carrier's API, relative to the scope's prefix. */
export function serveCarrier(scope: FastifyInstance, parts: CarrierParts): void {
  const { store, sources, replies, idempotency } = parts;
  const { shipments } = store.state;
  requireApiKey(scope, parts.apiKey);

  scope.post('/shipments', async (request, reply) => {
    const key = readIdempotencyKey(request);
    const body = readInput(shipmentRequestSchema, request.body);
    const answer = await idempotency.oncePerKey({
      provider: 'carrier',
      key,
      content: [request.method, request.url, body],
      decide: (tries) => book(body, tries, parts.times, sources),
    });
    return replies.deliver(reply, answer);
  });

  scope.get('/shipments', (request, reply) => {
    const id = idempotency.subjectOf('carrier', readKeyAskedFor(request));
    const record = id === undefined ? undefined : shipments.get(id);
    return replies.show(reply, { status: 200, body: { data: record ? [record.shipment] : [] } });
  });

  scope.get<ById>('/shipments/:id', (request, reply) => {
    const record = shipments.get(request.params.id);
    return replies.show(reply, record ? { status: 200, body: record.shipment } : notFound('shipment'));
  });

  scope.get<ById>('/shipments/:id/tracking', (request, reply) => {
    const record = shipments.get(request.params.id);
    if (!record) return replies.show(reply, notFound('shipment'));
    const { id, tracking_number, status } = record.shipment;
    const body = { shipment_id: id, tracking_number, status, history: record.history };
    return replies.show(reply, { status: 200, body });
  });

  scope.post<ById>('/shipments/:id/cancel', async (request, reply) => {
    readNoBody(request);
    const answer = await idempotency.oncePerKey({
      provider: 'carrier',
      key: readIdempotencyKey(request),
      content: [request.method, request.url],
      decide: () => {
        const record = shipments.get(request.params.id);
        return record ? cancel(record, sources) : { kind: 'unsettled', answer: notFound('shipment') };
      },
    });
    return replies.deliver(reply, answer);
  });
}
