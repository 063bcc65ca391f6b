import { setTimeout as sleep } from 'node:timers/promises';
import { errorMessage } from '../../contracts';
import { RefusedError } from '../../dead-letters';
import type { OperatorContext } from '../context';
import { OperatorError } from '../error';
import type { BulkPlan } from './plan';

/** Failures without a success between them, after which the cause is not the single item. */
const FAILURES_IN_A_ROW = 5;
/** Failures that are told one by one. */
const TOLD = 20;

export interface BulkProgress {
  readonly state: 'running' | 'ended' | 'stopped';
  readonly total: number;
  readonly done: number;
  /** Wait for a second person. */
  readonly requested: number;
  /** Refused or failed, each with its own record in the audit. */
  readonly failed: number;
  /** The first failures, in words. */
  readonly failures: readonly string[];
  /** Why it has stopped before its end. */
  readonly why?: string;
}

export interface RunningBulk {
  progress(): BulkProgress;
  /** Ends it after the present item. */
  stop(why: string): void;
  /** Resolves when it has ended. */
  readonly ended: Promise<void>;
}

/**
 * Does what is planned, one item after the other, at a rate. The bulk itself is on record, and so is each of its items.
 * It stops when several items in a row fail: a server that is away fails all of them.
 */
export function runBulk(
  context: OperatorContext,
  plan: BulkPlan,
  { reason, perSecond }: { readonly reason: string; readonly perSecond: number },
): RunningBulk {
  const stopping = new AbortController();
  const counts = { done: 0, requested: 0, failed: 0 };
  const failures: string[] = [];
  let state: BulkProgress['state'] = 'running';
  let why: string | undefined;
  const stop = (cause: string) => {
    if (state !== 'running' || stopping.signal.aborted) return;
    why = cause;
    stopping.abort();
  };

  async function work(): Promise<void> {
    let inARow = 0;
    for (const item of plan.items) {
      if (stopping.signal.aborted) return;
      try {
        counts[await item.act(context, reason)] += 1;
        inARow = 0;
      } catch (error) {
        counts.failed += 1;
        if (failures.length < TOLD) failures.push(`${item.target}: ${inWords(error)}`);
        inARow += 1;
        if (inARow === FAILURES_IN_A_ROW) stop(`${inARow} items in a row have failed`);
      }
      await sleep(1_000 / perSecond, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  const details = { title: plan.title, items: plan.items.length, reason, perSecond };
  const about = { action: plan.action, target: plan.title, details };
  const ended = context.auditing
    .change(about, work, () => ({ ...counts, ...(why !== undefined && { why }) }))
    .catch((error: unknown) => stop(errorMessage(error)))
    .finally(() => (state = why === undefined ? 'ended' : 'stopped'));
  return {
    progress: () => ({
      ...{ state, total: plan.items.length, ...counts, failures },
      ...(why !== undefined && { why }),
    }),
    stop,
    ended: ended.then(() => undefined),
  };
}

function inWords(error: unknown): string {
  if (error instanceof RefusedError) return `${error.refusal}: ${error.message}`;
  return error instanceof OperatorError ? `${error.code}: ${error.message}` : errorMessage(error);
}
