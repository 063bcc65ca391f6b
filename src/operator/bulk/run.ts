import { setTimeout as sleep } from 'node:timers/promises';
import type { Deferred } from '../../async';
import { deferred } from '../../async';
import { errorMessage } from '../../contracts';
import { RefusedError } from '../../dead-letters';
import type { OperatorContext } from '../context';
import { OperatorError } from '../error';
import type { ApprovedNames } from '../sagas/decide';
import { whyTwoPeople } from './limits';
import type { BulkPlan } from './plan';

/** Failures without a success between them, after which the cause is not the single item. */
const FAILURES_IN_A_ROW = 5;
/** Failures that are told one by one. */
const TOLD = 20;

/**
 * `waiting`: started, and before its first item. `cancelled`: stopped in that time, so that nothing was done. `stopped`: before
 * its end; what was done by then stays done.
 */
export type BulkState = 'waiting' | 'running' | 'paused' | 'ended' | 'stopped' | 'cancelled';

export interface BulkProgress {
  readonly state: BulkState;
  readonly total: number;
  readonly done: number;
  /** Wait for a second person. */
  readonly requested: number;
  /** Refused or failed, each with its own record in the audit. */
  readonly failed: number;
  /** The first failures, in words. */
  readonly failures: readonly string[];
  /** When its first item is done, while it waits. */
  readonly beginsAt?: string;
  /** Why it has stopped before its end, or who has paused it. */
  readonly why?: string;
}

export interface RunningBulk {
  progress(): BulkProgress;
  /** Ends it after the present item; before the first item it is cancelled. */
  stop(why: string): void;
  /** After the present item it waits, until it is resumed or stopped. */
  pause(why: string): void;
  resume(): void;
  /** Resolves when it has ended. */
  readonly ended: Promise<void>;
}

export interface BulkGiven {
  readonly reason: string;
  readonly perSecond: number;
}

/**
 * Does what is planned, one item after the other, at a rate, after a time in which it can be cancelled. The bulk itself is on
 * record, and so is each of its items. It stops when several items in a row fail: a server that is away fails all of them.
 *
 * @param approved the two people, if another one than its author has approved it
 * @throws OperatorError `needs-approval` if one person is not enough
 */
export function runBulk(
  context: OperatorContext,
  plan: BulkPlan,
  { reason, perSecond, approved }: BulkGiven & { readonly approved?: ApprovedNames },
): RunningBulk {
  const limits = context.config();
  const two = whyTwoPeople(plan, limits);
  if (two !== undefined && !approved) throw new OperatorError('needs-approval', two);

  const stopping = new AbortController();
  const { signal } = stopping;
  const graceMs = limits.BULK_GRACE_SECONDS * 1_000;
  const beginsAt = new Date(Date.now() + graceMs).toISOString();
  const counts = { done: 0, requested: 0, failed: 0 };
  const failures: string[] = [];
  let state: BulkState = graceMs > 0 ? 'waiting' : 'running';
  let why: string | undefined;
  let pause: (Deferred<void> & { readonly why: string }) | undefined;
  const isStopping = () => signal.aborted;
  const isOver = () => state === 'ended' || state === 'stopped' || state === 'cancelled';
  const stop = (cause: string) => {
    if (isOver() || signal.aborted) return;
    why = cause;
    stopping.abort();
    pause?.resolve();
  };

  async function work(): Promise<void> {
    await sleep(graceMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    state = 'running';
    let inARow = 0;
    for (const item of plan.items) {
      while (pause && !isStopping()) await pause.promise;
      if (isStopping()) return;
      try {
        counts[await item.act(context, { reason, approved })] += 1;
        inARow = 0;
      } catch (error) {
        counts.failed += 1;
        if (failures.length < TOLD) failures.push(`${item.target}: ${inWords(error)}`);
        inARow += 1;
        if (inARow === FAILURES_IN_A_ROW) stop(`${inARow} items in a row have failed`);
      }
      await sleep(1_000 / perSecond, undefined, { signal }).catch(() => undefined);
    }
  }

  const { title, items, action } = plan;
  const details = { title, items: items.length, reason, perSecond, request: approved?.audit };
  const outcome = () => ({
    ...counts,
    ...(why !== undefined && { why }),
    ...(isCancelled() && { cancelled: true }),
  });
  const isCancelled = () => why !== undefined && state === 'waiting';
  const ended = context.auditing
    .change({ action, target: title, details }, work, outcome)
    .catch((error: unknown) => {
      // It is not on record, so that nothing was done.
      [state, why] = ['stopped', errorMessage(error)];
    })
    .finally(() => (state = isCancelled() ? 'cancelled' : why === undefined ? 'ended' : 'stopped'));
  return {
    progress: () => {
      const words = why ?? pause?.why;
      return {
        ...{ state, total: items.length, ...counts, failures },
        ...(state === 'waiting' && { beginsAt }),
        ...(words !== undefined && { why: words }),
      };
    },
    stop,
    pause: (cause) => {
      if (state !== 'running' || signal.aborted) return;
      [state, pause] = ['paused', { ...deferred(), why: cause }];
    },
    resume: () => {
      if (state !== 'paused' || signal.aborted) return;
      state = 'running';
      pause?.resolve();
      pause = undefined;
    },
    ended: ended.then(() => undefined),
  };
}

function inWords(error: unknown): string {
  if (error instanceof RefusedError) return `${error.refusal}: ${error.message}`;
  return error instanceof OperatorError ? `${error.code}: ${error.message}` : errorMessage(error);
}
