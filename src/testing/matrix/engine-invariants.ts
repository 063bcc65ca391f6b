import { isDeepStrictEqual } from 'node:util';
import type { SagaResult } from '../../contracts';
import { COMPENSATION_STUCK } from '../../contracts';
import type { HistoryEvent } from '../replay/recorded-command';
import type { DeclaredPath } from './happy-path';
import type { Call } from './recorder';
import { endIn, scheduledIn, statesIn } from './shown';

/** The record of one run. */
export interface MatrixRun {
  readonly history: readonly HistoryEvent[];
  readonly calls: readonly Call[];
  /** The events that the bridge would have dead-lettered: `late logistics.shipment-dispatched`. */
  readonly deadLetters: readonly string[];
  /** Identities of the events that Temporal has accepted, each once. */
  readonly accepted: readonly string[];
  /** Why the run was left before its end; `undefined` for a run that has ended. */
  readonly left: string | undefined;
}

/** Demands on this run, besides the invariants of all runs. */
export interface Demands {
  /** The state in which it must end; `undefined`: any of the saga's ends. */
  readonly end: string | undefined;
}

type Saga = Pick<DeclaredPath<unknown>, 'ends' | 'waits' | 'undoes' | 'compensate'>;

/** Describes each violation of what the engine promises for every saga. */
export function violatedBy(
  run: MatrixRun,
  saga: Saga,
  effects: readonly string[],
  demands: Demands,
): string[] {
  return [
    ...(run.left === undefined ? [] : [run.left]),
    ...endsOnce(run, saga, demands),
    ...asksNobodyInVain(run),
    ...(saga.compensate === 'parallel' ? [] : undoesInOrder(run, saga.undoes)),
    ...twice(effects).map((effect) => `took effect twice: ${effect}`),
    ...(demands.end === undefined ? [] : run.deadLetters.map((deadLetter) => `a dead letter: ${deadLetter}`)),
  ];
}

function endsOnce(
  { history, accepted, left }: MatrixRun,
  { ends }: Saga,
  { end: demanded }: Demands,
): string[] {
  const end = endIn(history);
  if (end.kind === 'open') return left === undefined ? ['it has not ended'] : [];
  if (end.kind === 'other') return [`the workflow ${end.how}`];
  const { state, seen = [] } = (end.result ?? {}) as Partial<SagaResult>;
  const shown = statesIn(history);
  const problems: string[] = [];
  if (state === undefined || !ends.includes(state)) problems.push(`it ended as ${state}, which is no end`);
  else if (shown.at(-1) !== state) problems.push(`it ended as ${state}, and shows ${shown.at(-1)}`);
  const before = shown.slice(0, -1).find((each) => ends.includes(each));
  if (before !== undefined) problems.push(`it showed the end ${before} before it ended as ${state}`);
  if (demanded !== undefined && state !== demanded)
    problems.push(`it ended as ${state}; without the fault as ${demanded}`);
  if (!isDeepStrictEqual([...seen].sort(), [...accepted].sort()))
    problems.push(`it says that it has seen [${seen.join(', ')}], and was given [${accepted.join(', ')}]`);
  return problems;
}

/** The matrix lets no compensation fail, so only the saga itself can have made one stuck. */
function asksNobodyInVain({ history }: MatrixRun): string[] {
  return statesIn(history).includes(COMPENSATION_STUCK) ? ['a compensation was stuck'] : [];
}

/**
 * Describes compensations that are not in the reverse order of their steps. It compares the calls in the workflow's history,
 * because calls may overtake each other on their way to the activities. For a step that was compensated more than once, the last
 * compensation counts.
 */
export function undoesInOrder(
  { history, calls }: Pick<MatrixRun, 'history' | 'calls'>,
  undoes: Saga['undoes'],
): string[] {
  const order = scheduledIn(history);
  const done = new Map<string, number>();
  const compensated = new Map<string, { readonly at: number; readonly call: Call }>();
  for (const [at, activityId] of order.entries()) {
    const call = calls.find((each) => each.activityId === activityId && !each.isLocal);
    if (!call) continue;
    const of = undoes[call.activity];
    const key = keyOf(call.input, of !== undefined);
    if (of === undefined) {
      const id = `${call.activity} ${key}`;
      if (!done.has(id)) done.set(id, at);
    } else compensated.set(`${of} ${key}`, { at, call });
  }
  const inOrder = [...compensated].sort(([, one], [, other]) => one.at - other.at);
  const problems: string[] = [];
  for (const [index, [id, { call }]] of inOrder.entries()) {
    const next = inOrder[index + 1];
    if (!next) continue;
    const [first, second] = [done.get(id), done.get(next[0])];
    if (first !== undefined && second !== undefined && first < second)
      problems.push(`${call.activity} came before ${next[1].call.activity}: not the reverse order of doing`);
  }
  return problems;
}

/**
 * The key of a step, by the engine's convention: a step has it as `key`; a compensation has in `undoes` the key or the whole
 * input of the step.
 */
function keyOf(input: unknown, isCompensation: boolean): string {
  if (typeof input !== 'object' || input === null) return '';
  const { key, undoes } = input as { key?: unknown; undoes?: unknown };
  if (!isCompensation) return typeof key === 'string' ? key : '';
  if (typeof undoes === 'string') return undoes;
  return keyOf(undoes ?? input, false);
}

function twice(effects: readonly string[]): string[] {
  return [...new Set(effects.filter((effect, at) => effects.indexOf(effect) !== at))];
}
