/** What a run has left behind, as plain data: the checker judges it, and asks nobody anything. */
import type { Payment } from '../../../domains/shop/sandbox/payments/payment';
import type { Ledger } from '../generator/ledger';
import type { Decided } from '../person';

export interface Evidence {
  readonly ledger: Ledger;
  /** Of the providers, those that become events. */
  readonly webhooks: readonly { readonly identity: string; readonly delivered: boolean }[];
  readonly stream: readonly StreamEvent[];
  readonly deadLetters: readonly StoredDeadLetter[];
  /** Of the orders' workflows, the earlier ones of each workflow first. */
  readonly runs: readonly Run[];
  readonly books: Books;
  readonly provider: {
    readonly payments: readonly ProviderPayment[];
    readonly shipments: readonly { readonly id: string; readonly orderId: string; readonly status: string }[];
  };
  readonly reconciliation: {
    readonly checked: number;
    readonly findings: readonly ReconciliationFinding[];
    /** Findings for which the report had no room. */
    readonly omitted: number;
  };
  /** What a person has decided about sagas that waited for one. */
  readonly decided: readonly Decided[];
}

export interface ReconciliationFinding {
  readonly orderId: string;
  readonly kind: string;
  readonly detail: string;
}

export interface StreamEvent {
  readonly sequence: number;
  readonly subject: string;
  /** Absent where it cannot be read. */
  readonly event?: {
    readonly identity: string;
    readonly type: string;
    readonly key: string;
    readonly data: object;
    /** Ids of the workflows that its routes name, without batchers and routes that discard what comes late. */
    readonly workflowIds: readonly string[];
  };
}

export interface StoredDeadLetter {
  readonly reason: string;
  /** Of the event, where it can be read. */
  readonly identity?: string;
  /** In the stream of events, where a bridge has dead-lettered it. */
  readonly sequence?: number;
  /** The workflow that has received the event, where that one has dead-lettered it. */
  readonly workflowId?: string;
}

export interface Run {
  readonly workflowId: string;
  readonly runId: string;
  readonly status: string;
  /** What it has returned. */
  readonly result?: { readonly state: string };
  /** Identities of the events that it was signalled, in their order. */
  readonly signals: readonly string[];
  /** Keys of the steps that it has asked for, in their order. */
  readonly steps: readonly string[];
  /** Keys of the steps that it has compensated since it began to compensate, in the order of the compensations. */
  readonly compensated: readonly string[];
  /** Causes of its workflow tasks that failed. */
  readonly failedTasks: readonly string[];
}

export interface Books {
  readonly orders: readonly OrderRow[];
  readonly payments: readonly PaymentRow[];
  readonly reservations: readonly ReservationRow[];
  readonly stock: readonly StockRow[];
  readonly shipments: readonly { readonly id: string; readonly orderId: string; readonly state: string }[];
  readonly messages: readonly { readonly orderId: string; readonly template: string }[];
  readonly outbox: readonly OutboxRow[];
  /** Of the subscription: identities of the events that it has told, with the order's id before. */
  readonly timeline: readonly string[];
  readonly views: readonly { readonly sku: string; readonly views: number }[];
}

export interface OrderRow {
  readonly orderId: string;
  readonly state: string;
  readonly amount: number;
  /** The workflow's first run. */
  readonly openedBy: string;
}

export interface PaymentRow {
  readonly id: string;
  readonly orderId: string;
  readonly state: string;
  readonly amount: number;
  readonly currency: string;
  readonly captured: number;
  readonly refunded: number;
}

export interface ReservationRow {
  readonly orderId: string;
  readonly sku: string;
  readonly quantity: number;
  readonly state: string;
}

export interface StockRow {
  readonly place: string;
  readonly sku: string;
  readonly received: number;
  readonly onHand: number;
  readonly reserved: number;
  readonly shipped: number;
}

export interface OutboxRow {
  readonly id: string;
  readonly identity: string;
  readonly subject: string;
  readonly published: boolean;
}

export interface ProviderPayment {
  readonly id: string;
  readonly orderId: string;
  readonly status: Payment['status'];
  readonly amount: number;
  readonly currency: string;
  readonly captured: number;
  readonly refunded: number;
  readonly cancellationReason?: Payment['cancellation_reason'];
  readonly dispute?: Pick<NonNullable<Payment['dispute']>, 'status' | 'amount'> | undefined;
}
