import { setTimeout as sleep } from 'node:timers/promises';
import { RefusalError, StepUndoneError } from '../../../src/contracts';

/** A step that a provider keeps busy with another attempt is through long before. */
const ATTEMPTS = 200;
const PAUSE_MS = 10;

/** Repeats an attempt as Temporal does: a refusal and a step that was undone are final, everything else is tried again. */
export async function retried<Result>(attempt: () => Promise<Result>): Promise<Result> {
  for (let left = ATTEMPTS; ; left--) {
    try {
      return await attempt();
    } catch (error) {
      if (error instanceof RefusalError || error instanceof StepUndoneError || left === 0) throw error;
      await sleep(PAUSE_MS);
    }
  }
}

/** Several attempts at the same time. */
export function atOnce<Result>(count: number, attempt: () => Promise<Result>): Promise<Result[]> {
  return Promise.all(Array.from({ length: count }, attempt));
}

/** Rounds of a race between a step and its undo. */
export const RACES = 50;

/**
 * A step and its undo at the same time, now one of them first and now the other. The undo succeeds; the step succeeds
 * or finds that it was undone.
 */
export async function race(
  round: number,
  step: () => Promise<unknown>,
  undo: () => Promise<unknown>,
): Promise<void> {
  const inOrder = round % 2 === 0 ? [step, undo] : [undo, step];
  const settled = await Promise.allSettled(inOrder.map((run) => retried(run)));
  const [stepOutcome, undoOutcome] = round % 2 === 0 ? settled : settled.reverse();
  expect(undoOutcome).toMatchObject({ status: 'fulfilled' });
  if (stepOutcome?.status === 'rejected') expect(stepOutcome.reason).toBeInstanceOf(StepUndoneError);
}

let orders = 0;

/** An order that no other test has. */
export function newOrderId(): string {
  orders += 1;
  return `order-${orders}`;
}
