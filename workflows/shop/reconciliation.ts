import { continueAsNew, setWorkflowOptions, workflowInfo } from '@temporalio/workflow';
import type { OrderActivities } from '../../activities/shop/orders';
import type { InventoryActivities } from '../../activities/shop/inventory';
import type { PaymentCheckActivities } from '../../activities/shop/payment-check';
import type { PaymentActivities } from '../../activities/shop/payments';
import type { PreparedRepair, ReconciliationActivities } from '../../activities/shop/reconciliation';
import type { ShippingActivities } from '../../activities/shop/shipping';
import type { Finding, ReconciliationReport, RepairResult } from 'sagaline';
import { REASONS, TASK_QUEUES } from '../../domains/shop/names';
import { UNDONE_BY } from '../../domains/shop/rules/repair';
import type { PlannedCompensation } from '../../domains/shop/rules/repair';
import {
  failureOf,
  openDecisions,
  openSaga,
  showDetails,
  showState,
  STEP_ATTEMPTS,
  stepsOf,
  stepsOnOwnDatabase,
  versioned,
} from 'sagaline/workflow';

/** A report with more says that something is wrong with all of them; it must fit into a payload. */
const MOST_FINDINGS = 500;

/** A page of orders with the calls to Temporal for it, many times over. */
const PAGE = '60 seconds';

const books = stepsOf<ReconciliationActivities>({
  ...STEP_ATTEMPTS,
  startToCloseTimeout: PAGE,
  taskQueue: TASK_QUEUES.orders,
});

/** A provider that is away for longer is a finding of its own: what was compared until then is told. */
const PROVIDER_WITHIN = '2 minutes';

const providerBooks = stepsOf<PaymentCheckActivities>({
  ...STEP_ATTEMPTS,
  startToCloseTimeout: PAGE,
  scheduleToCloseTimeout: PROVIDER_WITHIN,
  taskQueue: TASK_QUEUES.payments,
});

export interface ReconciliationInput {
  /** This order only; without it all that are open, or have ended lately. */
  readonly key?: string;
  /** From the run before this one. */
  readonly carried?: ReconciliationReport & { readonly after?: string; readonly behind?: PaymentsPage };
}

type PaymentsPage = NonNullable<Awaited<ReturnType<PaymentCheckActivities['checkPayments']>>['next']>;

/** Looks at all orders, and at the payment provider's own books, for what does not add up, page by page; changes nothing. */
export async function reconciliation({ key, carried }: ReconciliationInput): Promise<ReconciliationReport> {
  const findings: Finding[] = [...(carried?.findings ?? [])];
  let { checked, omitted } = carried ?? { checked: 0, omitted: 0 };
  const add = (found: readonly Finding[]) => {
    const room = MOST_FINDINGS - findings.length;
    findings.push(...found.slice(0, room));
    omitted += Math.max(0, found.length - room);
  };
  let { after, behind } = carried ?? {};
  while (behind === undefined) {
    showDetails(`${checked} orders looked at, ${findings.length + omitted} findings.`);
    const only = key === undefined ? {} : { orderId: key };
    const page = await books.checkOrders('Look at the next orders', {
      ...only,
      ...(after !== undefined && { after }),
    });
    checked += page.checked;
    add(page.findings);
    after = page.next;
    if (after === undefined) break;
    if (workflowInfo().continueAsNewSuggested) {
      await continueAsNew<typeof reconciliation>({ carried: { checked, findings, omitted, after } });
    }
  }
  do {
    showDetails(`${checked} orders looked at; comparing with the payment provider's books.`);
    const page = await comparePayments(key, behind);
    add(page.findings);
    behind = page.next;
    if (behind && workflowInfo().continueAsNewSuggested) {
      await continueAsNew<typeof reconciliation>({ carried: { checked, findings, omitted, behind } });
    }
  } while (behind);

  const report = { checked, findings, omitted };
  if (key === undefined) await books.reportFindings('Tell of the findings', report);
  showState(findings.length === 0 ? 'clean' : 'findings', inWords(report));
  return report;
}

async function comparePayments(orderId: string | undefined, behind: PaymentsPage | undefined) {
  try {
    return await providerBooks.checkPayments("Compare with the provider's books", {
      ...(orderId !== undefined && { orderId }),
      ...(behind && { behind }),
    });
  } catch (error) {
    const detail = `its books could not be compared with ours: ${failureOf(error).message}`;
    const finding = { key: 'payment-provider', kind: 'money', detail, repair: 'by-hand' } as const;
    return { findings: [finding], next: undefined };
  }
}

// It takes minutes, and its schedule starts no next one meanwhile: whoever has replaced its workers goes on with it.
setWorkflowOptions(versioned('AUTO_UPGRADE'), reconciliation);

function inWords({ checked, findings, omitted }: ReconciliationReport): string {
  const lines = findings.map(
    ({ key, kind, detail, repair: how }) => `- **${key}** ${kind}: ${detail} (${how})`,
  );
  return [`${checked} orders looked at, ${findings.length + omitted} findings.`, '', ...lines].join('\n');
}

/**
 * Compensates what an order has left behind whose workflow is gone, under the keys of the order's own steps and as the saga
 * would have done it, and closes the order. A compensation that fails for good stands as `compensation-stuck`, as any saga's.
 */
export async function repair({ key: orderId }: { key: string }): Promise<RepairResult> {
  const decisions = openDecisions();
  showDetails(`Looking at what order ${orderId} has left.`);
  const prepared = await books.prepareRepair('Look at the order', { orderId });
  if (prepared.kind === 'refused') return refuse(prepared.why);
  const gone = await parcelThatLeft(orderId, prepared);
  if (gone !== undefined) return refuse(gone);

  await books.closeTheWay(`Let nothing of order ${orderId} go forward`, { orderId });
  const saga = openSaga(decisions);
  const compensate = compensating(orderId, prepared.compensationWithinMs);
  // Registered in the order of doing, so that they are compensated the other way round.
  for (const planned of [...prepared.compensations].reverse()) {
    await saga.step({
      run: () => Promise.resolve(),
      undoneBy: UNDONE_BY[planned.step],
      compensate: () => compensate(planned),
    });
  }
  await saga.compensate('compensating');
  const { closeAs } = prepared;
  if (closeAs)
    await saga.retriable({
      name: 'closeOrder',
      run: () => closeOrder(orderId, closeAs, prepared.compensationWithinMs),
    });
  showState('repaired', `What order ${orderId} had left is compensated.`);
  return { state: 'repaired' };
}

// It ends within minutes, or waits for a person as an order does.
setWorkflowOptions(versioned('PINNED'), repair);

function refuse(why: string): RepairResult {
  showState('refused', `Nothing was done: ${why}.`);
  return { state: 'refused', why };
}

/** The carrier's notification may have found no workflow: a parcel that is on its way cannot be called back. */
async function parcelThatLeft(
  orderId: string,
  { shipments }: Extract<PreparedRepair, { kind: 'compensate' }>,
): Promise<string | undefined> {
  const shipping = stepsOf<ShippingActivities>({
    ...STEP_ATTEMPTS,
    taskQueue: TASK_QUEUES.shipping,
  });
  for (const shipmentId of shipments) {
    const { status } = await shipping.trackShipment('Ask the carrier', { orderId, shipmentId });
    if (status !== 'booked' && status !== 'canceled')
      return `the carrier says that ${shipmentId} is ${status}`;
  }
  return undefined;
}

function compensating(
  orderId: string,
  compensationWithinMs: number,
): (planned: PlannedCompensation) => Promise<void> {
  const options = { ...STEP_ATTEMPTS, scheduleToCloseTimeout: compensationWithinMs };
  const inventory = stepsOf<InventoryActivities>({ ...options, taskQueue: TASK_QUEUES.inventory });
  const payments = stepsOf<PaymentActivities>({ ...options, taskQueue: TASK_QUEUES.payments });
  const shipping = stepsOf<ShippingActivities>({ ...options, taskQueue: TASK_QUEUES.shipping });
  return ({ step, key, request }) => {
    // What is on record is what the step was given; the activity checks it again.
    switch (step) {
      case 'reserveStock':
        return inventory.releaseStock('Release the stock', { undoes: key, orderId });
      case 'authorizePayment':
        return payments.voidPayment('Void the authorization', { undoes: request as never });
      case 'createShipment':
        return shipping.cancelShipment('Cancel the booking', { undoes: request as never });
    }
  };
}

/** Under the key that the saga would have used: whoever of the two comes second changes nothing. */
async function closeOrder(
  orderId: string,
  state: 'rejected' | 'compensated',
  withinMs: number,
): Promise<void> {
  const book = stepsOnOwnDatabase<OrderActivities>({
    ...STEP_ATTEMPTS,
    scheduleToCloseTimeout: withinMs,
    taskQueue: TASK_QUEUES.orders,
  });
  const detail = 'The workflow of the order was gone; what it had left was compensated by command.';
  await book.closeOrder(`Close the order as ${state}`, {
    state,
    key: `${orderId}:closeOrder:0`,
    orderId,
    reason: REASONS.reconciled,
    detail,
  });
}
