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
import { sagaFile } from './file';
import { existingSaga } from './find';
import type { Asked } from './question';
import { whatIsAsked } from './question';
import type { Decided, PastDecisions } from './record';
import { decisionsOn } from './record';

/** All that is known of one saga. */
export interface SagaView {
  readonly saga: Saga;
  readonly pending: readonly PendingStep[];
  readonly deadlines: readonly Deadline[];
  readonly asked: Asked;
  readonly decisions: readonly Decided[];
  /** Decisions that another person has requested, and that nobody has approved. */
  readonly requests: readonly AuditRecord[];
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
export async function sagaView(context: OperatorContext, workflowId: string): Promise<SagaView> {
  const { saga, pending } = await existingSaga(context, workflowId);
  const isOpen = saga.status === 'RUNNING';
  const [asked, deadlines, past, requests, trace] = await Promise.all([
    isOpen ? whatIsAsked(context, saga) : ({ kind: 'asks-nothing', words: '' } as const),
    isOpen ? context.temporal().then((client) => deadlinesOf(client, saga)) : [],
    pastDecisions(context, workflowId).catch(() => undefined),
    requestsAbout(context, saga, isOpen).catch(() => undefined),
    timelineOf(context, saga),
  ]);
  const definition = processOf(context, saga);
  const decisions = past?.decisions ?? [];
  return {
    ...{ saga, pending, deadlines, asked, decisions },
    requests: requests ?? [],
    timeline: timeline([...trace.timeline, ...decisions.map(decisionEntry)]),
    incomplete: [
      ...trace.incomplete,
      ...(requests ? [] : ['requests: the audit cannot be read']),
      ...(past ? [] : ['decisions: the stream OPERATIONS cannot be read']),
    ],
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
  const { steps, omitted } = await sagaFile(context, saga.workflowId);
  return {
    timeline: steps.map((step) => timelineEntryOf(saga.workflowId, saga.runId, step, '')),
    incomplete: omitted === 0 ? [] : [`history: ${omitted} older entries`],
  };
}

async function requestsAbout(
  context: OperatorContext,
  { workflowId: target }: Saga,
  isOpen: boolean,
): Promise<AuditRecord[]> {
  if (!isOpen) return [];
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
