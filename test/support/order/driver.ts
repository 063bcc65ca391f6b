import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { createWorkflows } from '../../../src/adapters/temporal';
import type { Answer } from '../../../src/bridge';
import type { DomainEvent, EventContract, EventOf, SagaResult } from '../../../src/contracts';
import { SEARCH_ATTRIBUTES, workflowIdOf } from '../../../src/contracts';
import * as events from '../../../domains/shop/events';
import type { EVENTS } from '../../../domains/shop/names';
import type { AmendmentRequest, SubmittedOrder } from '../../../domains/shop/events/orders';
import { order as orderProcess } from '../../../domains/shop/workflows';
import type { AtCarrier } from '../fakes/shipping';
import type { AtProvider } from '../fakes/payments';

/** Drives one order as the bridge does: every event as a signal, those that may open the workflow opening it. */
export interface OrderDriver {
  readonly orderId: string;
  readonly handle: WorkflowHandle;
  submit(changes?: Partial<SubmittedOrder>, id?: string): Promise<void>;
  cancel(id?: string): Promise<void>;
  /** Other lines, another address, or both. */
  amend(wish: Omit<AmendmentRequest, 'orderId'>, id?: string): Promise<void>;
  /** Another means of payment. */
  provideMeans(paymentToken: string, id?: string): Promise<void>;
  /**
   * What becomes of a parcel at the carrier, and the news of it: of the order's latest one, or of the one with this shipment id.
   */
  dispatched(id?: string, shipmentId?: string): Promise<void>;
  delivered(id?: string, shipmentId?: string): Promise<void>;
  lost(id?: string, shipmentId?: string): Promise<void>;
  /** What to do about an order of which only a part is in stock. */
  decideStock(decision: 'wait' | 'partial' | 'cancel', id?: string): Promise<void>;
  /**
   * The provider's later decision on the order's latest payment, or on this one, and the news of it; it may be earlier than the
   * order.
   */
  authorized(id?: string, paymentId?: string): Promise<void>;
  declined(id?: string, paymentId?: string): Promise<void>;
  /** The hold is lifted at the provider, and the news of it. */
  voided(id?: string, paymentId?: string): Promise<void>;
  /** The same news, and nothing has happened: forged. */
  readonly forged: Pick<
    OrderDriver,
    'dispatched' | 'delivered' | 'lost' | 'authorized' | 'declined' | 'voided'
  >;
  /** News of a payment of anybody's. */
  tellPayment(
    type: typeof EVENTS.paymentAuthorized,
    changes: Partial<EventOf<typeof events.paymentAuthorized>['data']>,
  ): Promise<void>;
  /** The `SagaState` that a query would find now. */
  state(): Promise<string>;
  untilState(state: string): Promise<void>;
  result(): Promise<SagaResult>;
}

/** Where it happens of which the news tells. */
export interface Providers {
  readonly payments: AtProvider;
  readonly shipping: AtCarrier;
}

const SAGA_STATE = defineSearchAttributeKey(SEARCH_ATTRIBUTES.sagaState, SearchAttributeType.KEYWORD);
const STATE_WITHIN_MS = 20_000;
/** Between two looks, growing: where fifty orders are waited for, the looks must not be what keeps the server busy. */
const FIRST_LOOK_MS = 30;
const LONGEST_LOOK_MS = 500;

/** @param providers the fakes behind the order's steps; without them no news can be told */
export function driveOrder(client: Client, orderId: string, providers?: Providers): OrderDriver {
  const workflows = createWorkflows(client);
  const target = { workflow: orderProcess, workflowId: workflowIdOf(orderProcess, orderId), key: orderId };
  const handle = client.workflow.getHandle(target.workflowId);

  async function accepted(answering: Promise<Answer<string>>): Promise<void> {
    const answer = await answering;
    if (answer.kind !== 'answered') throw answer.cause;
    if (answer.value !== 'accepted') throw new Error(`${target.workflowId} is ${answer.value}`);
  }
  const eventOf = <Data>(contract: EventContract<string, Data>, id: string, data: Data): DomainEvent => ({
    id,
    source: '/test',
    type: contract.type,
    key: orderId,
    data,
  });
  const opens = (event: DomainEvent) => accepted(workflows.signalWithStart(target, event));
  const reaches = (event: DomainEvent) => accepted(workflows.signal(target, event));

  function at<Provider extends keyof Providers>(provider: Provider): Providers[Provider] {
    if (!providers) throw new Error(`${orderId} is driven without its providers: no news can be told`);
    return providers[provider];
  }
  const { total } = events.paymentAuthorized.example;

  /** @param happens whether it does, at the provider */
  function news(happens: boolean): OrderDriver['forged'] {
    const parcel = (
      status: 'dispatched' | 'delivered' | 'lost',
      shipmentId = at('shipping').latestOf(orderId),
    ) => {
      if (happens) at('shipping').happens(shipmentId, status);
      return { orderId, shipmentId, trackingNumber: shipmentId.replace('shp', 'TRK') };
    };
    const payment = (
      state: 'authorized' | 'declined' | 'voided',
      paymentId = at('payments').latestOf(orderId),
    ) => {
      if (happens) at('payments').happens(paymentId, state);
      return { orderId, paymentId, total: at('payments').totalOf(paymentId) ?? total, asynchronous: true };
    };
    return {
      dispatched: (id = 'dispatched', shipmentId) =>
        reaches(eventOf(events.shipmentDispatched, id, parcel('dispatched', shipmentId))),
      delivered: (id = 'delivered', shipmentId) =>
        reaches(eventOf(events.shipmentDelivered, id, parcel('delivered', shipmentId))),
      lost: (id = 'lost', shipmentId) =>
        reaches(eventOf(events.shipmentLost, id, parcel('lost', shipmentId))),
      authorized: (id = 'authorized', paymentId) =>
        opens(eventOf(events.paymentAuthorized, id, payment('authorized', paymentId))),
      voided: (id = 'voided', paymentId) =>
        reaches(eventOf(events.paymentVoided, id, payment('voided', paymentId))),
      declined: (id = 'declined', paymentId) =>
        opens(
          eventOf(events.paymentDeclined, id, {
            ...payment('declined', paymentId),
            reason: 'insufficient_funds',
          }),
        ),
    };
  }

  async function state(): Promise<string> {
    const { typedSearchAttributes } = await handle.describe();
    return typedSearchAttributes.get(SAGA_STATE) ?? '';
  }

  return {
    orderId,
    handle,
    submit: (changes = {}, id = 'submitted') =>
      opens(eventOf(events.orderSubmitted, id, { ...events.orderSubmitted.example, orderId, ...changes })),
    tellPayment: (type, changes) => {
      const paymentId = at('payments').latestOf(orderId);
      const data = { orderId, paymentId, total, asynchronous: true, ...changes };
      return opens({ id: 'told', source: '/test', type, key: orderId, data });
    },
    ...news(true),
    forged: news(false),
    cancel: (id = 'cancellation') =>
      reaches(eventOf(events.cancellationRequested, id, { orderId, detail: 'Found it cheaper.' })),
    amend: (wish, id = 'amendment') => reaches(eventOf(events.amendmentRequested, id, { orderId, ...wish })),
    decideStock: (decision, id = 'stock-decision') =>
      reaches(eventOf(events.partialStockDecided, id, { orderId, decision })),
    provideMeans: (paymentToken, id = 'means') =>
      reaches(eventOf(events.meansProvided, id, { orderId, paymentToken })),
    state,
    untilState: async (wanted) => {
      const deadline = Date.now() + STATE_WITHIN_MS;
      for (
        let pause = FIRST_LOOK_MS;
        (await state()) !== wanted;
        pause = Math.min(2 * pause, LONGEST_LOOK_MS)
      ) {
        if (Date.now() > deadline) throw new Error(`${orderId} is ${await state()}, not ${wanted}`);
        await sleep(pause);
      }
    },
    result: () => handle.result() as Promise<SagaResult>,
  };
}
