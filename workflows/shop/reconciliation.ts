import { continueAsNew, setWorkflowOptions, workflowInfo } from '@temporalio/workflow';
import type { PaymentCheckActivities } from '../../activities/shop/payment-check';
import type { ReconciliationActivities } from '../../activities/shop/reconciliation';
import type { Finding, ReconciliationReport, RepairResult } from 'sagaline';
import { ORDER_CAPABILITIES, orders, shipping } from '../../domains/shop/capabilities';
import { REASONS, TASK_QUEUES } from '../../domains/shop/names';
import type { Capability, Decisions, StepCall } from 'sagaline/workflow';
import {
  failureOf,
  forwardSteps,
  openDecisions,
  openSaga,
  openSteps,
  showDetails,
  showState,
  STEP_ATTEMPTS,
  stepsOf,
  versioned,
} from 'sagaline/workflow';

/** The most findings in a report, which must fit into a payload. More of them mean that something is wrong in general. */
const MOST_FINDINGS = 500;

/** Many times longer than a page of orders takes, with the calls to Temporal for it. */
const PAGE = '60 seconds';

const books = stepsOf<ReconciliationActivities>({
  ...STEP_ATTEMPTS,
  startToCloseTimeout: PAGE,
  taskQueue: TASK_QUEUES.orders,
});

/** A provider that is unavailable for longer is a finding itself; the findings up to then are reported. */
const PROVIDER_WITHIN = '2 minutes';

const providerBooks = stepsOf<PaymentCheckActivities>({
  ...STEP_ATTEMPTS,
  startToCloseTimeout: PAGE,
  scheduleToCloseTimeout: PROVIDER_WITHIN,
  taskQueue: TASK_QUEUES.payments,
});

export interface ReconciliationInput {
  /** Only this order; when absent, all orders that are open or have ended lately. */
  readonly key?: string;
  /** The state of the run before this one. */
  readonly carried?: ReconciliationReport & { readonly after?: string; readonly behind?: PaymentsPage };
}

type PaymentsPage = NonNullable<Awaited<ReturnType<PaymentCheckActivities['checkPayments']>>['next']>;

/** Checks all orders, and the payment provider's own books, for inconsistencies, page by page; changes nothing. */
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

// It takes minutes, and its schedule starts no other run meanwhile: the workers of the next version continue it.
setWorkflowOptions(versioned('AUTO_UPGRADE'), reconciliation);

function inWords({ checked, findings, omitted }: ReconciliationReport): string {
  const lines = findings.map(
    ({ key, kind, detail, repair: how }) => `- **${key}** ${kind}: ${detail} (${how})`,
  );
  return [`${checked} orders looked at, ${findings.length + omitted} findings.`, '', ...lines].join('\n');
}

/**
 * Compensates what an order has left behind when its workflow is gone, under the keys of the order's own steps and as its saga
 * would, and closes the order. A compensation that fails for good is in the state `compensation-stuck`, as in any saga.
 */
export async function repair({ key: orderId }: { key: string }): Promise<RepairResult> {
  const decisions = openDecisions();
  showDetails(`Looking at what order ${orderId} has left.`);
  const prepared = await books.prepareRepair('Look at the order', { orderId });
  if (prepared.kind === 'refused') return refuse(prepared.why);
  const steps = stepsFor(orderId, prepared.compensationWithinMs);
  const gone = await parcelThatLeft(decisions, steps, prepared.shipments);
  if (gone !== undefined) return refuse(gone);

  await books.closeTheWay(`Let nothing of order ${orderId} go forward`, { orderId });
  const saga = openSaga(decisions);
  // Registered in the order of the steps, so that they are compensated in reverse.
  for (const { undoneBy, undoes } of [...prepared.compensations].reverse()) {
    const compensate = steps.compensation(undoneBy, undoes);
    await saga.step({
      run: () => Promise.resolve(),
      undoneBy,
      compensate: () => compensate.run('compensate'),
    });
  }
  await saga.compensate('compensating');
  const { closeAs: state } = prepared;
  const because = { reason: REASONS.reconciled, detail: UNDONE_BY_COMMAND };
  // The key is the one that the saga would have used: the second of the two calls changes nothing.
  if (state) await saga.retriable(steps.closeOrder({ state, ...because }));
  showState('repaired', `What order ${orderId} had left is compensated.`);
  return { state: 'repaired' };
}

const UNDONE_BY_COMMAND = 'The workflow of the order was gone; what it had left was compensated by command.';

// It ends within minutes, or waits for a person as an order does.
setWorkflowOptions(versioned('PINNED'), repair);

function refuse(why: string): RepairResult {
  showState('refused', `Nothing was done: ${why}.`);
  return { state: 'refused', why };
}

/** The order's own steps, with the keys that its saga would give them. */
function stepsFor(orderId: string, compensationWithinMs: number) {
  const of = { key: orderId, common: { orderId }, taskQueue: TASK_QUEUES.orders };
  const use = openSteps({
    ...of,
    deadlines: {
      stepWithinMs: compensationWithinMs,
      compensationWithinMs,
      forwardWithinMs: compensationWithinMs,
    },
  });
  const { closeOrder } = use(orders);
  // Nothing is compensated before the carrier has answered: it is asked until it does.
  const { trackShipment } = openSteps(of)(shipping);
  const declared = Object.assign({}, ...ORDER_CAPABILITIES.map((each: Capability) => use(each))) as Readonly<
    Record<string, (input: object) => StepCall<void>>
  >;
  return {
    closeOrder,
    trackShipment,
    /** The compensation of a step of which only the record is known. */
    compensation: (name: string, undoes: unknown): StepCall<void> => {
      const declares = declared[name];
      if (!declares) throw new Error(`no capability of the shop declares ${name}`);
      return declares({ undoes });
    },
  };
}

/** The carrier's notification may have found no workflow: a parcel that is on its way cannot be called back. */
async function parcelThatLeft(
  decisions: Decisions,
  { trackShipment }: ReturnType<typeof stepsFor>,
  shipments: readonly string[],
): Promise<string | undefined> {
  for (const shipmentId of shipments) {
    const tracking = await forwardSteps(decisions).retriable(trackShipment({ shipmentId }));
    const { status, says } = tracking ?? {
      status: 'unknown',
      says: `the carrier was not asked about ${shipmentId}`,
    };
    if (status !== 'booked' && status !== 'canceled') return says;
  }
  return undefined;
}
