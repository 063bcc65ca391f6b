/** Decisions that need two people: the first one makes a request, which the second one approves. */
import type { Command } from 'commander';
import { z } from 'zod';
import { oneLine } from '../../contracts';
import type { AuditRecord } from '../../security/audit';
import { findAuditRecord } from '../../security/audit';
import { CliError, EXIT } from '../exit';
import type { Output } from '../options';
import { sequenceNumber, withOutput } from '../options';
import type { CliContext } from '../context';
import { existingSaga } from './find';
import { makeDecision, tellNewState } from './make-decision';
import { pendingQuestion } from './pending';
import { DECISIONS } from './question';

const ACTION = 'sagas.decide';
/** The second person is at work within a day; an older request may be about what has been settled since. */
const REQUEST_MS = 24 * 60 * 60_000;

const request = z.object({
  decision: z.enum(DECISIONS),
  reason: z.string().optional(),
  runId: z.string(),
  what: z.string(),
  since: z.string(),
  again: z.boolean(),
});

type Request = z.infer<typeof request>;

/** Records the request; nothing is decided. */
export async function requestApproval(
  cliContext: CliContext,
  workflowId: string,
  wanted: Request,
  output: Output['output'],
): Promise<void> {
  const { by, audit } = await cliContext.auditing.append({
    ...{ kind: 'request', action: ACTION, target: workflowId, details: wanted },
  });
  cliContext.terminal.out(
    output === 'json'
      ? JSON.stringify({ workflowId, request: audit, by, ...wanted })
      : oneLine(
          `${wanted.decision} needs a second person, within a day: npx sagaline sagas approve ${audit}`,
        ),
  );
  cliContext.exitWith(EXIT.stillOpen);
}

export function addApprove(sagas: Command, cliContext: CliContext): void {
  withOutput(
    sagas
      .command('approve')
      .description('makes a decision that another person has requested, and that needs two')
      .argument('<request>', 'its number, which "sagas decide" has printed', sequenceNumber),
  ).action((sequence: number, options: Output) => approve(cliContext, sequence, options));
}

async function approve(cliContext: CliContext, sequence: number, { output }: Output): Promise<void> {
  const { auditing } = cliContext;
  const requested = await openRequest(cliContext, sequence);
  const { again, ...wanted } = request.parse(JSON.parse(requested.details));
  const { saga } = await existingSaga(cliContext, requested.target);
  const { question, past } = await pendingQuestion(cliContext, saga, { ...wanted, again });
  if (saga.runId !== wanted.runId || question.since !== wanted.since || question.what !== wanted.what) {
    throw new CliError('not-stuck', `${saga.workflowId} asks something else by now: decide anew`);
  }
  const about = { action: ACTION, target: saga.workflowId, details: { ...wanted, request: sequence } };
  const recorded = await auditing.change(about, async ({ by: approvedBy }) => {
    const { audit: approval } = await auditing.append({
      ...{ kind: 'approval', action: ACTION, target: saga.workflowId, refersTo: sequence },
    });
    const names = { by: requested.actor, audit: sequence, approvedBy, approval };
    return makeDecision(cliContext, saga, past, { ...wanted, ...names });
  });
  await tellNewState(cliContext, saga, recorded, output);
}

/** @throws CliError if there is no such request, or this operator may not approve it */
async function openRequest(cliContext: CliContext, sequence: number): Promise<AuditRecord> {
  const operator = await cliContext.auditing.operator();
  const found = await findAuditRecord(cliContext.database(), sequence);
  if (found?.record.kind !== 'request' || found.record.action !== ACTION)
    throw new CliError('unknown-request', `record ${sequence} of the audit is not a request`);
  const { record, answer } = found;
  if (answer)
    throw new CliError('decided-already', `${answer.actor} has approved it at ${answer.recordedAt}`);
  if (record.actor === operator.name)
    throw new CliError('same-person', `${operator.name} has made the request: another person approves it`);
  if (operator.verified && !record.verified)
    throw new CliError('unverified-request', `no token has proved that ${record.actor} has made the request`);
  if (Date.parse(record.recordedAt) < Date.now() - REQUEST_MS)
    throw new CliError('expired', `the request of ${record.recordedAt} is older than a day: decide anew`);
  return record;
}
