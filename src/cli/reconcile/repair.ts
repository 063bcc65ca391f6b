import type { RunAnswer } from '../../adapters/temporal';
import { runWorkflow } from '../../adapters/temporal';
import type { Finding, Reconciliation, RepairResult } from '../../contracts';
import { oneLine, workflowIdOf } from '../../contracts';
import { linkTo } from '../../operator/link';
import type { Output } from '../options';
import type { CliContext } from '../context';

export interface RepairOptions extends Output {
  /** Milliseconds. */
  readonly timeout: number;
}

/** The result of the repair of one process. */
export interface Repair extends RepairOutcome {
  readonly key: string;
  readonly workflowId: string;
  readonly link: string;
}

interface RepairOutcome {
  readonly state: RepairResult['state'] | 'still-open' | 'failed' | 'by-hand';
  readonly why?: string;
}

/** Repairs one process after the other: compensates findings that a command can compensate, and names the others. */
export async function repairAll(
  cliContext: CliContext,
  reconciliation: Reconciliation,
  findings: readonly Finding[],
  options: RepairOptions,
): Promise<Repair[]> {
  const repairs: Repair[] = [];
  for (const key of new Set(findings.map((finding) => finding.key))) {
    if (cliContext.terminal.interrupted.aborted) break;
    const byHand = findings.find((finding) => finding.key === key && finding.repair === 'by-hand');
    const workflowId = workflowIdOf(reconciliation.repair, key);
    const outcome: RepairOutcome = byHand
      ? { state: 'by-hand', why: byHand.detail }
      : await repairOne(cliContext, reconciliation, key, options);
    const about = byHand ? workflowIdOf(reconciliation.of, key) : workflowId;
    const repair = { key, workflowId: about, ...outcome, link: linkTo(cliContext.config(), about) };
    repairs.push(repair);
    if (options.output === 'text') cliContext.terminal.out(line(repair));
  }
  return repairs;
}

async function repairOne(
  cliContext: CliContext,
  { repair }: Reconciliation,
  key: string,
  { timeout }: RepairOptions,
): Promise<RepairOutcome> {
  const { name, taskQueue, initialState, summary } = repair;
  const workflowId = workflowIdOf(repair, key);
  const temporal = await cliContext.temporal();
  const repaired = async () =>
    outcomeOf(
      await runWorkflow(temporal, {
        name,
        taskQueue,
        workflowId,
        input: { key },
        timeoutMs: timeout,
        shown: { state: initialState, key, summary: summary(key) },
      }),
    );
  const about = { action: 'reconcile.repair', target: workflowId, details: { key } };
  return cliContext.auditing.change(about, repaired, ({ state }) => ({ outcome: OUTCOMES[state] }));
}

/** What the audit says of a repair. A repair that is still open may succeed later. */
const OUTCOMES: Readonly<Record<RepairOutcome['state'], string>> = {
  repaired: 'done',
  refused: 'refused',
  'by-hand': 'refused',
  failed: 'failed',
  'still-open': 'unknown',
};

function outcomeOf(answer: RunAnswer): RepairOutcome {
  switch (answer.kind) {
    case 'completed': {
      const { state, why } = answer.result as RepairResult;
      return { state, ...(why !== undefined && { why }) };
    }
    case 'failed':
      return { state: 'failed', why: answer.why };
    case 'open':
      return { state: 'still-open', why: 'it goes on, or is stuck: npx sagaline sagas stuck' };
  }
}

function line({ key, state, why, link }: Repair): string {
  return `${oneLine(`${key}  ${state}${why === undefined ? '' : `: ${why}`}`)}\n  ${link}`;
}
