import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkflowExecutionDescription } from '@temporalio/client';
import { isSettled } from '../../adapters/nats';
import { describeRun, occurrenceIn, sagaOf } from '../../adapters/temporal';
import type { DomainEvent, Route } from '../../contracts';
import { occurrenceOf, workflowIdOf } from '../../contracts';
import { listDeadLetters } from '../../dead-letters';
import { CliError } from '../exit';
import { linkTo } from '../../operator/link';
import type { CliContext } from '../context';
import type { Outcome } from './outcome';

const LOOK_MS = 200;
/** Number of dead letters of a key that are searched for the one of the event. */
const DEAD_LETTERS = 100;

/**
 * The routes on whose workflows you can wait.
 *
 * @throws CliError when no route takes the event
 */
export function routesToWaitFor({ catalogue }: CliContext, event: DomainEvent): readonly Route[] {
  const routes = catalogue.routesOf(event.type).filter(({ condition }) => condition?.(event) ?? true);
  if (routes.length > 0) return routes;
  throw new CliError('no-route', `no route takes this ${event.type}: there is nothing to wait for`);
}

/**
 * Waits until the bridge has settled the event, and then until the workflows that it is routed to have ended.
 *
 * @param options.expected the end that counts as success; by default the one that the definition of each workflow names
 */
export async function waitForEnd(
  cliContext: CliContext,
  event: DomainEvent,
  sequence: number,
  { expected, timeoutMs }: { readonly expected: string | undefined; readonly timeoutMs: number },
): Promise<Outcome[]> {
  const routes = routesToWaitFor(cliContext, event);
  const deadline = Date.now() + timeoutMs;
  const nats = await cliContext.nats();
  const { BRIDGE_NAME } = cliContext.config();
  // When the event is settled, the occurrence that takes it may have ended, and another one may run.
  const running = new Map<string, Run | undefined>();
  for (const { workflow } of routes) {
    const workflowId = workflowIdOf(workflow, event.key);
    if (!workflow.batches && workflow.recurs) running.set(workflowId, await runOf(cliContext, workflowId));
  }
  while (!(await isSettled(nats, BRIDGE_NAME, sequence))) {
    if (!(await pauseBefore(deadline, cliContext))) return [{ kind: 'waiting' }];
  }
  const deadLetters = await deadLettersOf(cliContext, event, sequence);
  const deadLettered = new Set(deadLetters.map(({ route }) => route));
  const reached = routes.filter(({ name }) => !deadLettered.has(name));
  const ends = await Promise.all(
    reached.map(({ workflow }) => {
      const good = expected ?? (workflow.batches ? undefined : workflow.goodEnd);
      const workflowId = workflowIdOf(workflow, event.key);
      const own = occurrenceOf(workflowId, event);
      return endOf(cliContext, workflowId, { good, deadline, own, before: running.get(workflowId) });
    }),
  );
  return [...deadLetters.map(({ outcome }) => outcome), ...ends];
}

async function deadLettersOf(cliContext: CliContext, event: DomainEvent, sequence: number) {
  const { key } = event;
  const page = await listDeadLetters(await cliContext.deadLetters(), {
    key,
    all: true,
    order: 'newest',
    limit: DEAD_LETTERS,
  });
  return page.items
    .filter((deadLetter) => deadLetter.event?.sequence === sequence)
    .map(({ route, sequence: deadLetter, reason, detail }) => ({
      route,
      outcome: { kind: 'dead-letter', sequence: deadLetter, reason, detail } as const,
    }));
}

type Run = WorkflowExecutionDescription;

/**
 * Describes the latest run, or the one with the given id. It may be `undefined`: if the event was dropped as a repeat, Temporal
 * may have forgotten its workflow.
 */
async function runOf(cliContext: CliContext, workflowId: string, runId?: string): Promise<Run | undefined> {
  return describeRun(await cliContext.temporal(), workflowId, runId);
}

interface WaitedFor {
  readonly good: string | undefined;
  readonly deadline: number;
  /** The occurrence that the event opens, if it opens one. */
  readonly own: string;
  /** For a recurring process: the run at the time when the event was published. */
  readonly before: Run | undefined;
}

async function endOf(cliContext: CliContext, workflowId: string, waited: WaitedFor): Promise<Outcome> {
  const { good, deadline, own } = waited;
  let { before } = waited;
  for (;;) {
    const described = await runOf(cliContext, workflowId);
    const occurrence = occurrenceIn(described?.memo);
    const isNext = occurrence !== own && occurrence !== occurrenceIn(before?.memo);
    if (before?.status.name === 'RUNNING' && described && isNext) {
      // The occurrence has ended, and another event has opened the next one.
      const { state, runId } = sagaOf((await runOf(cliContext, workflowId, before.runId)) ?? before);
      const link = linkTo(cliContext.config(), workflowId, runId);
      return { kind: 'ended', workflowId, state, good: good === undefined || state === good, link };
    }
    before = described;
    const link = linkTo(cliContext.config(), workflowId, described?.runId);
    const status = described?.status.name ?? 'UNKNOWN';
    if (status === 'COMPLETED') {
      const temporal = await cliContext.temporal();
      const result: unknown = await temporal.workflow.getHandle(workflowId, described?.runId).result();
      const state = stateIn(result);
      return { kind: 'ended', workflowId, state, good: good === undefined || state === good, link };
    }
    if (status !== 'RUNNING' && status !== 'PAUSED' && status !== 'CONTINUED_AS_NEW') {
      return { kind: 'failed', workflowId, status: status.toLowerCase(), link };
    }
    if (!(await pauseBefore(deadline, cliContext))) return { kind: 'open', workflowId, link };
  }
}

function stateIn(result: unknown): string {
  return typeof result === 'object' && result !== null && 'state' in result ? String(result.state) : '';
}

async function pauseBefore(deadline: number, { terminal }: CliContext): Promise<boolean> {
  if (Date.now() > deadline || terminal.interrupted.aborted) return false;
  await sleep(LOOK_MS);
  return true;
}
