import { setTimeout as sleep } from 'node:timers/promises';
import { RefusalError, StepCompensatedError } from '../../../src/contracts';

/** A step that a provider keeps busy with another attempt is through long before. */
const ATTEMPTS = 200;
const PAUSE_MS = 10;

/** Repeats an attempt as Temporal does: a refusal and a step that was compensated are final, everything else is tried again. */
export async function retried<Result>(attempt: () => Promise<Result>): Promise<Result> {
  for (let left = ATTEMPTS; ; left--) {
    try {
      return await attempt();
    } catch (error) {
      if (error instanceof RefusalError || error instanceof StepCompensatedError || left === 0) throw error;
      await sleep(PAUSE_MS);
    }
  }
}

/** Several attempts at the same time. */
export function atOnce<Result>(count: number, attempt: () => Promise<Result>): Promise<Result[]> {
  return Promise.all(Array.from({ length: count }, attempt));
}

/** Rounds of a race between a step and its compensation. */
export const RACES = 50;

/**
 * A step and its compensation at the same time, now one of them first and now the other. The compensation succeeds; the step succeeds
 * or finds that it was compensated.
 */
export async function race(
  round: number,
  step: () => Promise<unknown>,
  compensate: () => Promise<unknown>,
): Promise<void> {
  const inOrder = round % 2 === 0 ? [step, compensate] : [compensate, step];
  const settled = await Promise.allSettled(inOrder.map((run) => retried(run)));
  const [stepOutcome, compensationOutcome] = round % 2 === 0 ? settled : settled.reverse();
  expect(compensationOutcome).toMatchObject({ status: 'fulfilled' });
  if (stepOutcome?.status === 'rejected') expect(stepOutcome.reason).toBeInstanceOf(StepCompensatedError);
}

let orders = 0;

/** An order that no other test has. */
export function newOrderId(): string {
  orders += 1;
  return `order-${orders}`;
}
