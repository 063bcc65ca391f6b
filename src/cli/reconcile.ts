import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { findSaga, runWorkflow } from '../adapters/temporal';
import type { Finding, Reconciliation, ReconciliationReport, RepairResult } from '../contracts';
import { oneLine, workflowIdOf } from '../contracts';
import { CliError, EXIT } from './exit';
import { linkTo } from './link';
import type { Output } from './options';
import { correlationKey, duration, withOutput } from './options';
import { table } from './table';
import type { CliContext } from './context';

interface ReconcileOptions extends Output {
  readonly repair?: true;
  readonly timeout: number;
  /** Under the name of the processes: `--order`. */
  readonly [process: string]: unknown;
}

const WITHIN_MS = 120_000;

/** What has become of the repair of one process. */
interface Repair extends RepairOutcome {
  readonly key: string;
  readonly workflowId: string;
  readonly link: string;
}

interface RepairOutcome {
  readonly state: RepairResult['state'] | 'still-open' | 'failed' | 'by-hand';
  readonly why?: string;
}

export function addReconcile(program: Command, cliContext: CliContext): void {
  const command = program
    .command('reconcile')
    .description('finds processes whose workflow is gone or whose books do not add up: docs/operating.md')
    .option('--repair', 'compensates what can be compensated, after it has said what that is')
    .option('--timeout <time>', 'waits so long for each workflow of its own', duration, WITHIN_MS);
  for (const { of } of cliContext.reconciliations) {
    command.option(`--${of.name} <key>`, `this ${of.name} only`, correlationKey);
  }
  withOutput(command).action((options: ReconcileOptions) => reconcile(cliContext, options));
}

async function reconcile(cliContext: CliContext, options: ReconcileOptions): Promise<void> {
  const { terminal } = cliContext;
  const asked = cliContext.reconciliations.filter(({ of }) => options[of.name] !== undefined);
  const chosen = asked.length > 0 ? asked : cliContext.reconciliations;
  const reports: ReconciliationReport[] = [];
  const repairs: Repair[] = [];
  for (const each of chosen) {
    const key = options[each.of.name] as string | undefined;
    if (key !== undefined) await refuseOpen(cliContext, each, key, options);
    const report = await look(cliContext, each, key, options);
    reports.push(report);
    if (options.output === 'text') terminal.out(inWords(report));
    if (options.repair) repairs.push(...(await repairAll(cliContext, each, report.findings, options)));
  }
  const findings = reports.flatMap((report) => report.findings);
  const sum = (field: 'checked' | 'omitted') => reports.reduce((total, report) => total + report[field], 0);
  if (options.output === 'json') {
    const rest = options.repair ? { repairs } : {};
    terminal.out(JSON.stringify({ checked: sum('checked'), findings, omitted: sum('omitted'), ...rest }));
  }
  const repaired = new Set(repairs.filter(({ state }) => state === 'repaired').map(({ key }) => key));
  if (sum('omitted') > 0 || findings.some(({ key }) => !repaired.has(key)))
    cliContext.exitWith(EXIT.findings);
}

/** A check of one process that is open finds nothing: who asks for a repair must hear why. */
async function refuseOpen(
  cliContext: CliContext,
  { of }: Reconciliation,
  key: string,
  { repair }: ReconcileOptions,
): Promise<void> {
  if (!repair) return;
  const workflowId = workflowIdOf(of, key);
  const found = await findSaga(await cliContext.temporal(), workflowId);
  if (found?.saga.status !== 'RUNNING') return;
  throw new CliError(
    'running',
    `${workflowId} is running: what it has done is its own business. ` +
      'Cancel it to have it compensated, or decide where it is stuck',
  );
}

async function look(
  cliContext: CliContext,
  { check }: Reconciliation,
  key: string | undefined,
  { timeout }: ReconcileOptions,
): Promise<ReconciliationReport> {
  const workflowId = `${check.name}-${randomUUID()}`;
  const input = key === undefined ? {} : { key };
  const answer = await runWorkflow(await cliContext.temporal(), {
    ...check,
    workflowId,
    input,
    timeoutMs: timeout,
  });
  if (answer.kind !== 'completed') {
    const words = answer.kind === 'open' ? 'has no result in time: does a worker run?' : answer.why;
    throw new CliError('failed', `${workflowId} ${words}\n  ${linkTo(cliContext.config(), workflowId)}`);
  }
  const report = answer.result as ReconciliationReport;
  if (key !== undefined && report.checked === 0)
    throw new CliError('unknown-key', `nothing is known of ${key}`);
  return report;
}

/** One after the other: what can be compensated by command is, the rest is named. */
async function repairAll(
  cliContext: CliContext,
  reconciliation: Reconciliation,
  findings: readonly Finding[],
  options: ReconcileOptions,
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
  { timeout }: ReconcileOptions,
): Promise<RepairOutcome> {
  const { name, taskQueue, initialState, summary } = repair;
  const answer = await runWorkflow(await cliContext.temporal(), {
    name,
    taskQueue,
    workflowId: workflowIdOf(repair, key),
    input: { key },
    timeoutMs: timeout,
    shown: { state: initialState, key, summary: summary(key) },
  });
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

function inWords({ checked, findings, omitted }: ReconciliationReport): string {
  if (findings.length === 0) return `${checked} looked at: all add up`;
  const rows = findings.map(({ key, kind, detail, repair }) => [key, kind, repair, detail]);
  const more = omitted > 0 ? `\nand ${omitted} more` : '';
  return `${table(['key', 'what', 'repair', 'detail'], rows)}\n\n${checked} looked at${more}`;
}
