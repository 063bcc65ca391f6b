import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import type { Registry } from 'prom-client';
import { Counter, Histogram } from 'prom-client';
import { meaningIn } from '../../contracts';
import { AGES, SECONDS } from './buckets';

/** Events whose first step this process remembers: those of some minutes at a high rate. */
const REMEMBERED = 10_000;

/**
 * Counts the attempts of all steps of a worker, local ones too. Give it to the worker as its outermost interceptor.
 *
 * The outcome of an attempt is `done`, the meaning of its failure (`refused`, `defect`, `unknown`), or `cancelled`.
 */
export function stepMetrics(registry: Registry): ActivityInterceptorsFactory {
  const registers = [registry];
  const attempts = new Histogram({
    name: 'sagaline_step_attempt_duration_seconds',
    help: 'Attempts of steps, by outcome: done, refused, defect, unknown (is tried again), cancelled',
    labelNames: ['activity', 'outcome'],
    buckets: SECONDS,
    registers,
  });
  const failures = new Counter({
    name: 'sagaline_step_failures_total',
    help: 'Attempts that have failed and are tried again, by the number of the attempt: 1, 2-4, 5-9, 10-',
    labelNames: ['activity', 'attempt'],
    registers,
  });
  const firstEffect = new Histogram({
    name: 'sagaline_event_first_effect_age_seconds',
    help: 'From the time of an event to the end of the first step that this process has done for it',
    labelNames: ['activity'],
    buckets: AGES,
    registers,
  });
  const seen = remember(REMEMBERED);

  return ({ info }) => {
    const { activityType: activity, attempt } = info;
    return {
      inbound: {
        execute: async (input, next) => {
          const started = performance.now();
          const ended = (outcome: string) =>
            attempts.observe({ activity, outcome }, (performance.now() - started) / 1_000);
          try {
            const result = await next(input);
            ended('done');
            const cause = causeIn(input.args[1]);
            if (cause && seen.isFirst(cause.id))
              firstEffect.observe({ activity }, Math.max(0, Date.now() - cause.at) / 1_000);
            return result;
          } catch (error) {
            const outcome = outcomeOf(error);
            ended(outcome);
            if (outcome === 'unknown') failures.inc({ activity, attempt: attemptsLabel(attempt) });
            throw error;
          }
        },
      },
    };
  };
}

function outcomeOf(error: unknown): string {
  if (error instanceof CancelledFailure) return 'cancelled';
  return error instanceof ApplicationFailure ? meaningIn(error.details) : 'unknown';
}

function attemptsLabel(attempt: number): string {
  if (attempt === 1) return '1';
  if (attempt < 5) return '2-4';
  return attempt < 10 ? '5-9' : '10-';
}

/** The event that a step follows from, as `src/saga/steps.ts` sends it with the step. */
function causeIn(given: unknown): { readonly id: string; readonly at: number } | undefined {
  if (typeof given !== 'object' || given === null) return undefined;
  const { causationId: id, causedAt } = given as { causationId?: unknown; causedAt?: unknown };
  const at = typeof causedAt === 'string' ? Date.parse(causedAt) : NaN;
  return typeof id === 'string' && !Number.isNaN(at) ? { id, at } : undefined;
}

function remember(most: number): { isFirst(id: string): boolean } {
  const ids = new Set<string>();
  return {
    isFirst: (id) => {
      if (ids.has(id)) return false;
      ids.add(id);
      const [oldest] = ids;
      if (ids.size > most && oldest !== undefined) ids.delete(oldest);
      return true;
    },
  };
}
