import { ApplicationFailure, workflowInfo } from '@temporalio/workflow';
import { OCCURRENCE_MEMO } from '../../contracts/names/occurrence';
import { FAILURES } from '../../contracts/names/saga';

/**
 * Thrown if a recurring process is not made with `recurring`, or a step key lacks the occurrence. It fails the workflow
 * task, and with it a test, before the step has an effect.
 */
export class RecurrenceError extends Error {
  override readonly name = 'RecurrenceError';
}

/** The occurrence that this run was opened for; `undefined` in a process that does not recur. */
function openedOccurrence(): string | undefined {
  const occurrence = workflowInfo().memo?.[OCCURRENCE_MEMO];
  return typeof occurrence === 'string' ? occurrence : undefined;
}

// State of this workflow alone: the SDK gives each workflow its own instance of every module.
let isRecurring = false;
let running: string | undefined;

/**
 * Records that this workflow is made with `recurring`.
 *
 * @returns the occurrence that it was opened for
 * @throws ApplicationFailure, final, if its definition does not recur
 */
export function beginRecurring(): string {
  isRecurring = true;
  const opened = openedOccurrence();
  if (opened !== undefined) return opened;
  const { workflowType } = workflowInfo();
  const message = `"${workflowType}" is made with \`recurring\`, and was opened without an occurrence: give its definition \`recurs: true\``;
  throw ApplicationFailure.nonRetryable(message, FAILURES.invalidInput);
}

/**
 * Checks that a recurring process does not open an inbox of its own, which would not know the events of earlier
 * occurrences.
 *
 * @throws RecurrenceError if a recurring process is not made with `recurring`
 */
export function checkInbox(): void {
  if (isRecurring || openedOccurrence() === undefined) return;
  throw new RecurrenceError(
    `"${workflowInfo().workflowType}" recurs by its definition: make its workflow with \`recurring\`, or drop \`recurs\``,
  );
}

/** The occurrence to which the present steps belong; `undefined` in a process that does not recur. */
export function runningOccurrence(): string | undefined {
  return running;
}

/** Sets the occurrence to which steps belong, from here on. */
export function enterOccurrence(occurrence: string): void {
  running = occurrence;
}

/**
 * Checks that the keys in a step's input contain the occurrence. A step with the key of another occurrence would get
 * the result of that occurrence, and have no effect.
 *
 * @throws RecurrenceError if a key in the step's input lacks the occurrence
 */
export function checkStepKeys(step: string, input: unknown): void {
  const occurrence = running ?? openedOccurrence();
  if (occurrence === undefined) return;
  const wrong = keysIn(input).find((key) => !key.includes(`.${occurrence}:`));
  if (wrong === undefined) return;
  const { workflowType } = workflowInfo();
  throw new RecurrenceError(
    `the step ${step} has the key "${wrong}", which lacks the occurrence: "${workflowType}" recurs; make the key with stepKey('${step}') of its occurrence`,
  );
}

/**
 * The keys in an input, by the engine's convention: `key` of a step; `undoes` of a compensation, which is the key or
 * the whole input of the step.
 */
function keysIn(input: unknown): string[] {
  if (typeof input !== 'object' || input === null) return [];
  const { key, undoes } = input as { key?: unknown; undoes?: unknown };
  const compensated = typeof undoes === 'string' ? [undoes] : keysIn(undoes);
  return [...(typeof key === 'string' ? [key] : []), ...compensated];
}
