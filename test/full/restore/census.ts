// What each store has of the orders, and where the stores do not agree.
import type { ProviderPayment, Shop } from '../../../demo/shop';
import { EVENTS_STREAM } from '../../../src/adapters/nats';

export interface Census {
  /** Keys of the steps that PostgreSQL has as done. */
  readonly done: ReadonlySet<string>;
  /** State by order. */
  readonly orders: ReadonlyMap<string, string>;
  /** Status of the latest run by order, in Temporal's words. */
  readonly workflows: ReadonlyMap<string, string>;
  /** Orders whose submission is in the stream. */
  readonly submitted: ReadonlySet<string>;
  /** Events of the outbox that count as published and are not in the stream. */
  readonly missingInStream: number;
  /** Payments at the provider that hold or have taken money, by payment id: the order. */
  readonly payments: ReadonlyMap<string, string>;
  /** Ids of the payments in our books. */
  readonly knownPayments: ReadonlySet<string>;
}

const PREFIX = 'order-';
const ENDED: ReadonlySet<string> = new Set(['completed', 'rejected', 'compensated', 'cancelled', 'refunded']);
/** In the provider's words. */
const NOTHING_HELD: ReadonlySet<string> = new Set(['declined', 'canceled']);

/** @param payments the provider's own books, which no loss of ours changes */
export async function takeCensus(
  { database, temporal, nats }: Pick<Shop, 'database' | 'temporal' | 'nats'>,
  payments: readonly ProviderPayment[],
): Promise<Census> {
  const rows = <Row extends object>(select: string) => database.query<Row>(select);
  const done = await rows<{ key: string }>(
    "select key from sagaline.effects where state in ('done', 'compensated')",
  );
  const orders = await rows<{ order_id: string; state: string }>('select order_id, state from orders.orders');
  const known = await rows<{ payment_id: string }>('select payment_id from payments.payments');
  const published = await rows<{ subject: string; count: string }>(
    `select subject, count(*) as count from sagaline.outbox
      where published_at is not null and subject like 'evt.%' group by 1`,
  );
  const workflows = new Map<string, string>();
  for await (const { workflowId, runId } of temporal.workflow.list({ query: 'WorkflowType = "order"' })) {
    // The list may be of another moment than the workflows.
    const found = await temporal.workflow
      .getHandle(workflowId)
      .describe()
      .catch(() => undefined);
    if (found && (found.runId === runId || !workflows.has(workflowId)))
      workflows.set(workflowId.slice(PREFIX.length), found.status.name);
  }
  const manager = await nats.jetstreamManager();
  const { state } = await manager.streams.info(EVENTS_STREAM, { subjects_filter: 'p.>' });
  const stored = new Map(
    Object.entries(state.subjects ?? {}).map(([subject, count]) => [
      subject.replace(/^p\.\d+\.\d+/, 'evt'),
      count,
    ]),
  );
  const submissions = [...stored.keys()].filter((subject) => subject.startsWith('evt.orders.submitted.'));
  const atProvider = payments.filter(({ status }) => !NOTHING_HELD.has(status));
  return {
    done: new Set(done.map(({ key }) => key)),
    orders: new Map(orders.map(({ order_id, state: is }) => [order_id, is])),
    workflows,
    submitted: new Set(submissions.map((subject) => subject.split('.').at(-1) ?? '')),
    missingInStream: published.reduce(
      (sum, { subject, count }) => sum + Math.max(0, Number(count) - (stored.get(subject) ?? 0)),
      0,
    ),
    payments: new Map(atProvider.map(({ id, merchant_reference: order }) => [id, order])),
    knownPayments: new Set(known.map(({ payment_id }) => payment_id)),
  };
}

/** How often two stores contradict each other, by kind. */
export function contradictions(census: Census): Readonly<Record<string, number>> {
  const { orders, workflows, submitted, missingInStream, payments, knownPayments } = census;
  const count = (ids: Iterable<string>, is: (id: string) => boolean) => [...ids].filter(is).length;
  const isOpen = (id: string) => orders.has(id) && !ENDED.has(orders.get(id) ?? '');
  const runs = (id: string) => workflows.get(id) === 'RUNNING';
  return {
    'order open in PostgreSQL, unknown to Temporal': count(
      orders.keys(),
      (id) => isOpen(id) && !workflows.has(id),
    ),
    'order open in PostgreSQL, its workflow closed': count(
      orders.keys(),
      (id) => isOpen(id) && workflows.has(id) && !runs(id),
    ),
    'order ended in PostgreSQL, its workflow open': count(orders.keys(), (id) => !isOpen(id) && runs(id)),
    'workflow in Temporal, no order in PostgreSQL': count(workflows.keys(), (id) => !orders.has(id)),
    'order submitted in EVENTS, no workflow in Temporal': count(submitted, (id) => !workflows.has(id)),
    'event published by the outbox, not in EVENTS': missingInStream,
    'payment at the provider, not in PostgreSQL': count(payments.keys(), (id) => !knownPayments.has(id)),
  };
}
