import { deferred } from '../async';
import type { DomainEvent, Log, Route } from '../contracts';
import { logFieldsOf, workflowIdOf } from '../contracts';
import type { DispatchOutcome } from './dispatch';
import type { DispatchHook, Dispatched, DispatchedRoute } from './ports';

/**
 * Limit of the hook's own time before `next`, and again after it. Meanwhile the event occupies its partition and one
 * of the concurrent attempts. Heartbeats go on; only without them would the server give the event to another bridge.
 */
const HOOK_MS = 5_000;
/**
 * After this many events in a row on which the hook failed at every attempt, the events are not at fault: the hook is
 * broken.
 */
const FAILURES_OF_A_BROKEN_HOOK = 5;

/** The hook failed before Temporal was asked. */
export interface HookFailed {
  readonly kind: 'hook-failed';
  readonly cause: unknown;
}

/** A deployment's hook around dispatch, guarded so that it can neither lose nor repeat an event. */
export interface GuardedHook {
  /**
   * Runs the hook around one attempt. If `dispatch` was called, its outcome counts, whatever the hook returns. Never
   * rejects.
   */
  around(
    event: DomainEvent,
    route: Route,
    dispatch: () => Promise<DispatchOutcome>,
  ): Promise<DispatchOutcome | HookFailed>;
  /**
   * Reports that the hook failed on every attempt for one event.
   *
   * @returns whether the hook fails on all events: this event is then to be held, not dead-lettered
   */
  failedFor(cause: unknown): boolean;
}

export function createHook(hook: DispatchHook, log: Log): GuardedHook {
  let failedInARow = 0;
  return {
    around,
    failedFor: (cause) => {
      failedInARow++;
      if (failedInARow === FAILURES_OF_A_BROKEN_HOOK)
        log.error({ err: cause }, 'the dispatch hook fails on every event: events are held');
      return failedInARow >= FAILURES_OF_A_BROKEN_HOOK;
    },
  };

  async function around(
    event: DomainEvent,
    route: Route,
    dispatch: () => Promise<DispatchOutcome>,
  ): Promise<DispatchOutcome | HookFailed> {
    const attempt: { dispatching?: Promise<DispatchOutcome>; isOver: boolean } = { isOver: false };
    const isOver = () => attempt.isOver;
    const deadline = createDeadline();
    const next = async (): Promise<Dispatched> => {
      if (isOver()) throw new Error('the dispatch hook called next() too late: the attempt is over');
      deadline.clear();
      const outcome = await (attempt.dispatching ??= dispatch());
      if (!isOver()) deadline.start();
      return { kind: outcome.kind };
    };
    deadline.start();
    try {
      const answer = await Promise.race([hook(event, routeOf(event, route), next), deadline.passed]);
      if (attempt.dispatching) return await attempt.dispatching;
      // A hook in JavaScript may answer anything.
      if ((answer as Dispatched | undefined)?.kind !== 'vetoed')
        throw new Error('the dispatch hook has neither called next() nor vetoed');
      failedInARow = 0;
      const detail = (answer as { detail?: unknown }).detail;
      return { kind: 'dead-letter', rejection: { reason: 'vetoed', detail: String(detail) } };
    } catch (cause) {
      if (!attempt.dispatching) return { kind: 'hook-failed', cause };
      log.warn({ err: cause, ...logFieldsOf(event) }, 'the dispatch hook failed after the dispatch');
      return await attempt.dispatching;
    } finally {
      attempt.isOver = true;
      deadline.clear();
      if (attempt.dispatching) failedInARow = 0;
    }
  }
}

function routeOf({ key }: DomainEvent, { name, workflow }: Route): DispatchedRoute {
  return { name, workflow: workflow.name, workflowId: workflowIdOf(workflow, key) };
}

function createDeadline(): { start: () => void; clear: () => void; passed: Promise<never> } {
  let timer: NodeJS.Timeout | undefined;
  const { promise: passed, reject } = deferred<never>();
  const pass = () => reject(new Error(`the dispatch hook took more than ${HOOK_MS} ms`));
  const clear = () => clearTimeout(timer);
  const start = () => {
    clear();
    timer = setTimeout(pass, HOOK_MS);
  };
  return { start, clear, passed };
}
