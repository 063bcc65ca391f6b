/** `sagaline reconcile`: finds processes whose workflow is gone or whose books do not add up, and repairs them. */
import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { findSaga, runWorkflow } from '../../adapters/temporal';
import type { Reconciliation, ReconciliationReport } from '../../contracts';
import { workflowIdOf } from '../../contracts';
import { CliError, EXIT } from '../exit';
import { linkTo } from '../../operator/link';
import { correlationKey, duration, withOutput } from '../options';
import { table } from '../table';
import type { CliContext } from '../context';
import type { Repair, RepairOptions } from './repair';
import { repairAll } from './repair';

interface ReconcileOptions extends RepairOptions {
  readonly repair?: true;
  /** An option with the name of a process: `--order`. */
  readonly [process: string]: unknown;
}

const WITHIN_MS = 120_000;

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

/** The check of an open process finds nothing, so a repair of it must be refused with the reason. */
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

function inWords({ checked, findings, omitted }: ReconciliationReport): string {
  if (findings.length === 0) return `${checked} looked at: all add up`;
  const rows = findings.map(({ key, kind, detail, repair }) => [key, kind, repair, detail]);
  const more = omitted > 0 ? `\nand ${omitted} more` : '';
  return `${table(['key', 'what', 'repair', 'detail'], rows)}\n\n${checked} looked at${more}`;
}
