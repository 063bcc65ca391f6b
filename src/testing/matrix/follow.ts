import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import { NOT_FOUND, statusCode } from '../../adapters/temporal/connection/status';
import type { HistoryEvent } from '../replay/recorded-command';
import type { Participant } from './clock';
import { StandsStillError } from './clock';
import type { Progress } from './progress';
import { progressOf } from './progress';
import type { Recorder } from './recorder';

/** The situation of a run when nothing is under way any more. */
export type Rest = Exclude<Progress, { kind: 'busy' | 'pending' }>;

/** Follows one workflow, and skips time where it has to. */
export interface Follower {
  /** Waits until nothing is under way. Skips the pauses between attempts of an activity. */
  settle(): Promise<Rest>;
  /** As `settle`, but returns early with `undefined` as soon as the condition holds. */
  settleUnless(isSo: () => boolean): Promise<Rest | undefined>;
  /** As `settle`, after it has waited until the clock reaches this instant. */
  settleAt(instant: number): Promise<Rest>;
  readonly history: () => Promise<readonly HistoryEvent[]>;
}

/** First pause between two reads of the history; short, because most steps are. */
const LOOK_MS = 10;
const LONGEST_LOOK_MS = 80;

export function follow(
  handle: WorkflowHandle,
  recorder: Pick<Recorder, 'failedAttempts'>,
  participant: Participant,
  standsStillMs: number,
): Follower {
  /** For each call, the failed attempts after which the pause was skipped. */
  const skipped = new Map<string, number>();

  async function history(): Promise<readonly HistoryEvent[]> {
    try {
      return (await handle.fetchHistory()).events ?? [];
    } catch (error) {
      if (statusCode(error) === NOT_FOUND) return [];
      throw error;
    }
  }

  /**
   * Shortest pause of the pending activities that wait for their next attempt; `undefined` when no pause is left to skip, or an attempt
   * is under way: the server holds its clock then.
   */
  function pauseOf({ activities }: Extract<Progress, { kind: 'pending' }>): number | undefined {
    const waiting = activities.map((each) => ({ ...each, failed: recorder.failedAttempts(each.activityId) }));
    if (waiting.some(({ failed }) => failed === undefined)) return undefined;
    const pauses: number[] = [];
    for (const { activityId, failed = 0, pauseAfter } of waiting) {
      if (skipped.get(activityId) === failed) continue;
      skipped.set(activityId, failed);
      pauses.push(pauseAfter(failed));
    }
    return pauses.length === 0 ? undefined : Math.min(...pauses);
  }

  async function settleUnless(isSo: () => boolean): Promise<Rest | undefined> {
    let since = Date.now();
    let seen = 0;
    for (let look = LOOK_MS; ; look = Math.min(look * 1.5, LONGEST_LOOK_MS)) {
      if (isSo()) return undefined;
      const events = await history();
      if (events.length > seen) since = Date.now();
      seen = events.length;
      const progress = progressOf(events);
      if (progress.kind !== 'busy' && progress.kind !== 'pending') return progress;
      const pause = progress.kind === 'pending' ? pauseOf(progress) : undefined;
      if (pause !== undefined) {
        await participant.until((await participant.now()) + pause);
        since = Date.now();
        look = LOOK_MS;
        continue;
      }
      if (Date.now() - since > standsStillMs) throw new StandsStillError(`it stands still: ${progress.kind}`);
      await sleep(look);
    }
  }

  const settle = () => settleUnless(() => false) as Promise<Rest>;

  return {
    settle,
    settleUnless,
    history,
    settleAt: async (instant) => {
      await participant.until(instant);
      return settle();
    },
  };
}
