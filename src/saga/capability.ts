import type { Capability, InputOf, StepDeclaration } from '../contracts/model/capability';
import { processOf } from '../contracts/names/occurrence';
import type { Within } from './forward';
import { runningOccurrence } from './recurring/running';
import { stepRunner } from './placement';

/** A call of a step that is about to run. It has its key: however often it runs, its effect happens once. */
export interface StepCall<Result> {
  readonly name: string;
  readonly key: string;
  /** @param within which of the saga's deadlines applies; default: `step` */
  readonly run: (within?: Within) => Promise<Result>;
}

/** A call of a step that can be compensated, as the `step` of a saga's scope takes it. */
export interface CompensatableCall<Result> extends StepCall<Result> {
  readonly undoneBy: string;
  readonly compensate: () => Promise<void>;
  /** The compensation as a step of its own, for a saga that needs it while it goes forward. */
  readonly compensation: StepCall<void>;
}

type Result<Activity> = Activity extends (...given: never[]) => Promise<infer Output> ? Output : never;

/** `Omit`, applied to each member of a union separately. */
type Without<Input, Names extends PropertyKey> = Input extends unknown ? Omit<Input, Names> : never;

/**
 * The steps of a capability, by name. Each takes the input of its activity without the key, which the saga makes, and
 * without the common fields.
 */
export type CapabilitySteps<Activities, Steps, Common> = {
  readonly [Name in keyof Activities & keyof Steps]: (
    input: Without<InputOf<Activities[Name]>, 'key' | keyof Common>,
  ) => Steps[Name] extends { readonly undoneBy: string }
    ? CompensatableCall<Result<Activities[Name]>>
    : StepCall<Result<Activities[Name]>>;
};

/** How long a step may take with all its retries, in milliseconds. */
export interface Deadlines {
  /** Deadline of a step before the pivot. After it, the step has failed, and the saga is compensated. */
  readonly stepWithinMs: number;
  /** Deadline of a compensation. After it, a person is asked. */
  readonly compensationWithinMs: number;
  /** Deadline of the pivot, and of a step behind it. After it, a person is asked. */
  readonly forwardWithinMs: number;
}

/**
 * Makes the steps of one saga. Each call gets a key of its own, `<key>:<step>:<number>`, where the number counts the
 * calls of the step. To try a step again under its key, run the same call again.
 *
 * Steps that work on the database alone, or are declared as `local`, run as local activities if the capability is on the
 * task queue of the workflow's own pool, or was placed with that pool when the saga began.
 *
 * In a recurring process, the keys contain the occurrence.
 *
 * @param options.key the correlation key, with which the keys of the steps begin
 * @param options.common fields that every input has, such as the order's id
 * @param options.deadlines without them, a step is retried until it is done or refused; leave them out for the steps
 * that read the deadlines
 * @param options.taskQueue task queue of the workflow's own pool. Pass a constant: `workflowInfo().taskQueue` differs
 * while a history is replayed
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
