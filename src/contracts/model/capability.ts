/** A capability: the activities of one kind of work, and what each of them is to a saga. Without zod: workflows load this file. */
import { InvalidConfigError } from './invalid-config';

/** What an activity is given. */
export type InputOf<Activity> = Activity extends (input: infer Input, ...more: never[]) => unknown
  ? Input
  : never;

/** The names of the activities that can compensate this one: those whose input is `{ undoes }` with what its own input has. */
type CompensationOf<Activities, Name extends keyof Activities> = {
  [Other in keyof Activities]: { undoes: InputOf<Activities[Name]> } extends InputOf<Activities[Other]>
    ? Other
    : never;
}[keyof Activities] &
  string;

/** What one activity is to a saga. */
export interface StepDeclaration<Input = never, Compensation = string> {
  /** What people read in the Temporal UI while it runs. */
  readonly summary: (input: Input) => string;
  /** The activity that compensates it; it is given `{ undoes }`, the input of this one. */
  readonly undoneBy?: Compensation;
  /** It has no way back: it runs as the pivot of a saga, or behind it. */
  readonly after?: 'pivot';
  /** It asks or changes something at a provider; without it, it works on the database alone. */
  readonly calls?: 'provider';
  /** The types of the refusals that it may answer with. */
  readonly refuses?: readonly string[];
}

type Declarations<Activities> = {
  readonly [Name in keyof Activities]: StepDeclaration<
    InputOf<Activities[Name]>,
    CompensationOf<Activities, Name>
  >;
};

/** The declared steps of one kind of work. */
export interface Capability<Activities extends object = object, Steps extends object = object> {
  readonly name: string;
  /** Of the pool that runs it, unless it is placed with the workflow's pool. */
  readonly taskQueue: string;
  readonly steps: Readonly<Record<string, StepDeclaration>>;
  /** For the compiler only: what the steps are called with, and what each of them is. */
  readonly types?: { readonly activities: Activities; readonly steps: Steps };
}

/**
 * Declares the steps of a capability, each once: its compensation, its summary, whether it has a way back. A saga runs them by
 * `openSteps`; the fault matrix and repairs know their compensations from here.
 *
 * @throws InvalidConfigError from the inner call, naming what contradicts itself
 * @example
 * export const ticketing = capability<TicketActivities>()('ticketing', {
 *   openTicket: { summary: ({ deviceId }) => `Open a ticket for ${deviceId}`, undoneBy: 'closeTicket' },
 *   closeTicket: { summary: () => 'Close the ticket' },
 * });
 */
export function capability<Activities extends object>() {
  return <const Steps extends Declarations<Activities>>(
    name: string,
    steps: Steps,
    { taskQueue = name }: { readonly taskQueue?: string } = {},
  ): Capability<Activities, Steps> => {
    const declared: Readonly<Record<string, StepDeclaration>> = { ...steps };
    const problems = capabilityProblems(declared);
    if (problems.length > 0)
      throw new InvalidConfigError(problems.map((problem) => `capability "${name}": ${problem}`));
    return { name, taskQueue, steps: declared };
  };
}

function capabilityProblems(steps: Readonly<Record<string, StepDeclaration>>): string[] {
  const compensated = new Map<string, string>();
  return Object.entries(steps).flatMap(([name, { undoneBy, after }]) => {
    if (undoneBy === undefined) return [];
    const problems: string[] = [];
    const other = compensated.get(undoneBy);
    compensated.set(undoneBy, name);
    if (undoneBy === name) problems.push(`"${name}" is compensated by itself; name another step`);
    else if (!Object.hasOwn(steps, undoneBy))
      problems.push(
        `"${name}" is compensated by "${undoneBy}", which it does not declare; declare it, or name one of its steps`,
      );
    else if (steps[undoneBy]?.undoneBy !== undefined)
      problems.push(
        `"${undoneBy}" compensates "${name}", and is itself compensated by "${steps[undoneBy].undoneBy}"; a compensation has none`,
      );
    if (other !== undefined)
      problems.push(
        `"${undoneBy}" compensates "${other}" and "${name}"; a repair could not tell them apart: give each its own`,
      );
    if (after === 'pivot')
      problems.push(
        `"${name}" is behind the pivot, where nothing is compensated; drop \`undoneBy\` or \`after\``,
      );
    return problems;
  });
}

/**
 * Which step each compensation undoes: `{ releaseStock: 'reserveStock' }`.
 *
 * @example
 * compensationsOf([ticketing]); // { closeTicket: 'openTicket' }
 */
export function compensationsOf(capabilities: readonly Pick<Capability, 'steps'>[]): Record<string, string> {
  return Object.fromEntries(
    capabilities.flatMap(({ steps }) =>
      Object.entries(steps).flatMap(([name, { undoneBy }]) =>
        undoneBy === undefined ? [] : [[undoneBy, name]],
      ),
    ),
  );
}
