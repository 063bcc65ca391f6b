import type { Deadline, PendingStep, Saga } from '../../adapters/temporal';
import { deadlinesOf } from '../../adapters/temporal';
import type { ProcessDefinition, Transition } from '../../contracts';
import type { AuditRecord } from '../../security/audit';
import { listAuditRecords } from '../../security/audit';
import type { OperatorContext } from '../context';
import { linkTo } from '../link';
import { traceOf } from '../trace/collect';
import type { Entry } from '../trace/timeline';
import { timeline, timelineEntryOf } from '../trace/timeline';
import { DECIDE_ACTION } from './decide';
import { latestSteps } from './file';
import { existingSaga } from './find';
import type { Asked } from './question';
import { whatIsAsked } from './question';
import type { Decided, PastDecisions } from './record';
import { decisionsOn } from './record';

/** What one saga asks, which only a worker knows. */
export interface SagaQuestion {
  readonly saga: Saga;
  readonly asked: Asked;
  /** Decisions that another person has requested, and that nobody has approved; absent without an audit. */
  readonly requests?: readonly AuditRecord[];
}

/** All else that is known of one saga. */
export interface SagaView {
  readonly saga: Saga;
  readonly pending: readonly PendingStep[];
  readonly deadlines: readonly Deadline[];
  readonly decisions: readonly Decided[];
  readonly timeline: readonly Entry[];
  /** Sources that could not be read, or of which only a part is there. */
  readonly incomplete: readonly string[];
  /** Its state machine; empty if its definition has none. */
  readonly transitions: readonly Transition[];
  readonly initialState?: string | undefined;
  /** Its page in the Temporal UI. */
  readonly link: string;
}

/** Requests of one saga that are looked at. */
const REQUESTS = 50;

/** @throws OperatorError `unknown-saga` */
export async function sagaQuestion(context: OperatorContext, workflowId: string): Promise<SagaQuestion> {
  const { saga } = await existingSaga(context, workflowId);
  if (saga.status !== 'RUNNING') return { saga, asked: { kind: 'asks-nothing', words: '' }, requests: [] };
  const [asked, requests] = await Promise.all([
    whatIsAsked(context, saga),
    requestsAbout(context, saga).catch(() => undefined),
  ]);
  return { saga, asked, ...(requests && { requests }) };
}

/** @throws OperatorError `unknown-saga` */
export async function sagaView(context: OperatorContext, workflowId: string): Promise<SagaView> {
  const { saga, pending } = await existingSaga(context, workflowId);
  const [deadlines, past, trace] = await Promise.all([
    saga.status === 'RUNNING' ? context.temporal().then((client) => deadlinesOf(client, saga)) : [],
    pastDecisions(context, workflowId).catch(() => undefined),
    timelineOf(context, saga),
  ]);
  const definition = processOf(context, saga);
  const decisions = past?.decisions ?? [];
  return {
    ...{ saga, pending, deadlines, decisions },
    timeline: timeline([...trace.timeline, ...decisions.map(decisionEntry)]),
    incomplete: [...trace.incomplete, ...(past ? [] : ['decisions: the stream OPERATIONS cannot be read'])],
    transitions: definition?.transitions ?? [],
    initialState: definition?.initialState,
    link: linkTo(context.config(), workflowId, saga.runId),
  };
}

async function pastDecisions(context: OperatorContext, workflowId: string): Promise<PastDecisions> {
  const { operations } = await context.deadLetters();
  return decisionsOn(workflowId, operations);
}

function processOf({ processes }: OperatorContext, saga: Saga): ProcessDefinition | undefined {
  const definition = processes.find(({ name }) => name === saga.workflow);
  return definition?.batches ? undefined : definition;
}

/** From all stores for a process of events; for other workflows, their own history. */
async function timelineOf(
  context: OperatorContext,
  saga: Saga,
): Promise<{ readonly timeline: readonly Entry[]; readonly incomplete: readonly string[] }> {
  const definition = context.processes.find(({ name }) => name === saga.workflow);
  if (definition && saga.key !== '') return traceOf(context, saga.key, [definition]);
  const { steps, omitted } = await latestSteps(context, saga);
  return {
    timeline: steps.map((step) => timelineEntryOf(saga.workflowId, saga.runId, step, '')),
    incomplete: omitted === 0 ? [] : [`history: ${omitted} older entries`],
  };
}

async function requestsAbout(context: OperatorContext, { workflowId: target }: Saga): Promise<AuditRecord[]> {
  const filter = { target, action: DECIDE_ACTION, limit: REQUESTS };
  const records = await listAuditRecords(context.database(), filter);
  const answered = new Set(records.map(({ refersTo }) => refersTo));
  return records.filter(({ kind, sequence }) => kind === 'request' && !answered.has(sequence));
}

function decisionEntry({ at, decision, by, approvedBy, what, reason, n }: Decided): Entry {
  const who = approvedBy === undefined ? by : `${by} and ${approvedBy}`;
  return {
    at,
    from: 'operations',
    kind: 'decided',
    text: `✎ ${who} decided ${decision} about ${what}${reason === undefined ? '' : `: ${reason}`}`,
    fields: { n, decision, by, approvedBy, what, reason },
  };
}
