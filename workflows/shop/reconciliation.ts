import { continueAsNew, setWorkflowOptions, workflowInfo } from '@temporalio/workflow';
import type { PaymentCheckActivities } from '../../activities/shop/payment-check';
import type { Finding, ReconciliationReport } from 'sagaline';
import type { Words } from 'sagaline/workflow';
import { failureOf, lines, markdown, showDetails, showState, versioned } from 'sagaline/workflow';
import { books, providerBooks } from './books';

/** The most findings in a report, which must fit into a payload. More of them mean that something is wrong in general. */
const MOST_FINDINGS = 500;

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

function inWords({ checked, findings, omitted }: ReconciliationReport): Words {
  const found = findings.map(
    ({ key, kind, detail, repair: how }) => markdown`- **${key}** ${kind}: ${detail} (${how})`,
  );
  return lines([`${checked} orders looked at, ${findings.length + omitted} findings.`, '', ...found]);
}
