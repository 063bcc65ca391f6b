import type { Capability, InputOf, StepDeclaration } from '../contracts/model/capability';
import { processOf } from '../contracts/names/occurrence';
import type { Within } from './forward';
import { runningOccurrence } from './occurrence';
import { stepRunner } from './placement';

/** A call of a step that is about to be made. It has its key: however often it is run, its effect is there once. */
export interface StepCall<Result> {
  readonly name: string;
  readonly key: string;
  /** @param within which of the saga's deadlines holds; default: `step` */
  readonly run: (within?: Within) => Promise<Result>;
}

/** A call of a step that can be compensated, as the `step` of a saga's scope takes it. */
export interface CompensatableCall<Result> extends StepCall<Result> {
  readonly undoneBy: string;
  readonly compensate: () => Promise<void>;
  /** The compensation as a step of its own, where it is wanted while the saga goes forward. */
  readonly compensation: StepCall<void>;
}

type Result<Activity> = Activity extends (...given: never[]) => Promise<infer Output> ? Output : never;

/** Of each member of a union by itself. */
type Without<Input, Names extends PropertyKey> = Input extends unknown ? Omit<Input, Names> : never;

/** The steps of a capability, by name: each takes the input of its activity without the key, which is the saga's to make. */
export type CapabilitySteps<Activities, Steps, Common> = {
  readonly [Name in keyof Activities & keyof Steps]: (
    input: Without<InputOf<Activities[Name]>, 'key' | keyof Common>,
  ) => Steps[Name] extends { readonly undoneBy: string }
    ? CompensatableCall<Result<Activities[Name]>>
    : StepCall<Result<Activities[Name]>>;
};

/** How long a step may take with all its retries, in milliseconds. */
export interface Deadlines {
  /** Then it has failed, and the saga is compensated. */
  readonly stepWithinMs: number;
  /** Of a compensation; then a person is asked. */
  readonly compensationWithinMs: number;
  /** Of the pivot, and of a step behind it; then a person is asked. */
  readonly forwardWithinMs: number;
}

/**
 * The steps of one saga. Each call gets a key of its own, `<key>:<step>:<number>`, the number counting the calls of the step: a step
 * that is to be tried again under its key is the same call, run again.
 *
 * A capability on the task queue of the workflow's own pool, or placed with that pool when the saga began, runs its steps as local
 * activities where they work on the database alone.
 *
 * In a process that recurs the keys have the occurrence in them.
 *
 * @param options.key the correlation key, with which the keys of its steps begin
 * @param options.common what every input has, such as the order's id
 * @param options.deadlines without them a step is repeated until it is done or refused: for the steps that read the deadlines
 * @param options.taskQueue of the workflow's own pool, a constant: `workflowInfo().taskQueue` is another one while a history is replayed
 * @example
 * const use = openSteps({ key: 'dev-1', common: { deviceId: 'dev-1' }, deadlines, taskQueue: 'devices' });
 * const tickets = use(ticketing);
 * await scope.step(tickets.openTicket({}));
 */
export function openSteps<Common extends object>({
  key,
  common,
  deadlines,
  taskQueue: ownTaskQueue,
}: {
  readonly key: string;
  readonly common: Common;
  readonly deadlines?: Deadlines;
  readonly taskQueue: string;
}): <Activities extends object, Declared extends object>(
  of: Capability<Activities, Declared>,
) => CapabilitySteps<Activities, Declared, Common> {
  const occurrence = runningOccurrence();
  const process = occurrence === undefined ? key : processOf(key, occurrence);
  const counts = new Map<string, number>();
  const within: Readonly<Partial<Record<Within, number>>> = deadlines
    ? {
        step: deadlines.stepWithinMs,
        compensate: deadlines.compensationWithinMs,
        forward: deadlines.forwardWithinMs,
      }
    : {};

  function keyOf(step: string): string {
    const number = counts.get(step) ?? 0;
    counts.set(step, number + 1);
    return `${process}:${step}:${number}`;
  }

  return (capability) => {
    const { steps } = capability;
    const runner = stepRunner(capability, ownTaskQueue);

    function run(name: string, declared: StepDeclaration, input: object) {
      return async (as: Within): Promise<unknown> =>
        runner(declared, within[as])(name, declared.summary(input as never), input);
    }

    function callOf(
      name: string,
      declared: StepDeclaration,
      input: { readonly key: string },
    ): StepCall<unknown> {
      const { key } = input;
      const once = run(name, declared, input);
      const call: StepCall<unknown> = { name, key, run: (as = 'step') => once(as) };
      const { undoneBy } = declared;
      const compensating = undoneBy === undefined ? undefined : steps[undoneBy];
      if (undoneBy === undefined || compensating === undefined) return call;
      const compensate = run(undoneBy, compensating, { undoes: input });
      const compensation: StepCall<void> = {
        name: undoneBy,
        key,
        run: async (as = 'compensate') => {
          await compensate(as);
        },
      };
      const compensatable: CompensatableCall<unknown> = {
        ...call,
        undoneBy,
        compensate: () => compensation.run(),
        compensation,
      };
      return compensatable;
    }

    const calls = Object.entries(steps).map(([name, declared]) => [
      name,
      (input: object) => callOf(name, declared, { ...common, ...input, key: keyOf(name) }),
    ]);
    return Object.fromEntries(calls) as never;
  };
}
