import type { Client, WorkflowHandle } from '@temporalio/client';
import { driveProcess } from 'sagaline/testing';
import type { Capability, EventContract, EventOf, SagaResult } from '../../../../src/contracts';
import * as events from '../../../../domains/shop/events';
import type { EVENTS } from '../../../../domains/shop/names';
import type { AmendmentRequest, SubmittedOrder } from '../../../../domains/shop/events/orders';
import { routes } from '../../../../domains/shop/routes';
import { order as orderProcess } from '../../../../domains/shop/workflows';
import type { AtCarrier } from '../fakes/shipping';
import type { AtProvider } from '../fakes/payments';

/** Drives one order as the bridge does: every event is a signal, and those that may open the workflow do. */
export interface OrderDriver {
  readonly orderId: string;
  readonly handle: WorkflowHandle;
  submit(changes?: Partial<SubmittedOrder>, id?: string): Promise<void>;
  cancel(id?: string): Promise<void>;
  /** Requests other lines, another address, or both. */
  amend(
    request: Omit<AmendmentRequest, 'orderId' | 'customerId'> & { readonly customerId?: string },
    id?: string,
  ): Promise<void>;
  /** Provides another payment method. */
  providePaymentMethod(paymentToken: string, id?: string, customerId?: string): Promise<void>;
  /**
   * Changes the state of a parcel at the carrier, and sends the notification: for the order's latest parcel, or the one
   * with this shipment id.
   */
  dispatched(id?: string, shipmentId?: string): Promise<void>;
  delivered(id?: string, shipmentId?: string): Promise<void>;
  lost(id?: string, shipmentId?: string): Promise<void>;
  /** Sends the customer's decision about an order of which only a part is in stock. */
  decideStock(decision: 'wait' | 'partial' | 'cancel', id?: string): Promise<void>;
  /**
   * The provider's later decision on the order's latest payment, or on this one, with its notification; it may come before the
   * order.
   */
  authorized(id?: string, paymentId?: string): Promise<void>;
  declined(id?: string, paymentId?: string): Promise<void>;
  /** The authorization is voided at the provider, with its notification. */
  voided(id?: string, paymentId?: string): Promise<void>;
  /** The same notifications, but forged: nothing has happened at the provider. */
  readonly forged: Pick<
    OrderDriver,
    'dispatched' | 'delivered' | 'lost' | 'authorized' | 'declined' | 'voided'
  >;
  /** Sends a notification of any payment. */
  tellPayment(
    type: typeof EVENTS.paymentAuthorized,
    changes: Partial<EventOf<typeof events.paymentAuthorized>['data']>,
  ): Promise<void>;
  /** The `SagaState` that a query would find now. */
  state(): Promise<string>;
  untilState(state: string): Promise<void>;
  result(): Promise<SagaResult>;
}

/** The fakes in which the events of notifications happen. */
export interface Providers {
  readonly payments: AtProvider;
  readonly shipping: AtCarrier;
}

/**
 * @param providers the fakes behind the order's steps; without them no notification can be sent
 * @param placed the capabilities that are placed with the pool of the orders when the order begins
 */
export function driveOrder(
  client: Client,
  orderId: string,
  providers?: Providers,
  placed: readonly Pick<Capability, 'name'>[] = [],
): OrderDriver {
  const driver = driveProcess(client, { process: orderProcess, routes, key: orderId, placed });

  async function tell<Data>(contract: EventContract<string, Data>, id: string, data: Data): Promise<void> {
    const { kind } = await driver.send(contract, data, id);
    if (kind !== 'accepted') throw new Error(`${driver.handle.workflowId}: ${contract.type} is ${kind}`);
  }

  function at<Provider extends keyof Providers>(provider: Provider): Providers[Provider] {
    if (!providers)
      throw new Error(`${orderId} is driven without its providers: no notification can be told`);
    return providers[provider];
  }
  const { total } = events.paymentAuthorized.example;
  const { customerId } = events.orderSubmitted.example;

  /** @param happens whether the event really happens at the provider */
  function notification(happens: boolean): OrderDriver['forged'] {
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
        tell(events.shipmentDispatched, id, parcel('dispatched', shipmentId)),
      delivered: (id = 'delivered', shipmentId) =>
        tell(events.shipmentDelivered, id, parcel('delivered', shipmentId)),
      lost: (id = 'lost', shipmentId) => tell(events.shipmentLost, id, parcel('lost', shipmentId)),
      authorized: (id = 'authorized', paymentId) =>
        tell(events.paymentAuthorized, id, payment('authorized', paymentId)),
      voided: (id = 'voided', paymentId) => tell(events.paymentVoided, id, payment('voided', paymentId)),
      declined: (id = 'declined', paymentId) =>
        tell(events.paymentDeclined, id, {
          ...payment('declined', paymentId),
          reason: 'insufficient_funds',
        }),
    };
  }

  return {
    orderId,
    handle: driver.handle,
    submit: (changes = {}, id = 'submitted') =>
      tell(events.orderSubmitted, id, { ...events.orderSubmitted.example, orderId, ...changes }),
    tellPayment: (type, changes) => {
      const paymentId = at('payments').latestOf(orderId);
      const data = { orderId, paymentId, total, asynchronous: true, ...changes };
      return tell({ ...events.paymentAuthorized, type }, 'told', data);
    },
    ...notification(true),
    forged: notification(false),
    cancel: (id = 'cancellation') =>
      tell(events.cancellationRequested, id, { orderId, detail: 'Found it cheaper.' }),
    amend: (request, id = 'amendment') =>
      tell(events.amendmentRequested, id, { orderId, customerId, ...request }),
    decideStock: (decision, id = 'stock-decision') =>
      tell(events.partialStockDecided, id, { orderId, decision }),
    providePaymentMethod: (paymentToken, id = 'payment-method', by = customerId) =>
      tell(events.paymentMethodProvided, id, { orderId, customerId: by, paymentToken }),
    state: () => driver.state(),
    untilState: (state) => driver.untilState(state),
    result: () => driver.result(),
  };
}
