import { setTimeout as sleep } from 'node:timers/promises';
import { RefusalError, StepCompensatedError } from '../../../src/contracts';

/** More than enough for a step that waits while another attempt is at the provider. */
const ATTEMPTS = 200;
const PAUSE_MS = 10;

/** Repeats an attempt as Temporal does: a refusal and a compensated step are final, every other failure is retried. */
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
 * Runs a step and its compensation at the same time, taking turns in which is first. The compensation succeeds; the step succeeds
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

/** An order id that no other test uses. */
export function newOrderId(): string {
  orders += 1;
  return `order-${orders}`;
}
