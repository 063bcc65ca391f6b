/**
 * A capability: the activities of one kind of work, and the role of each in a saga. This file does not import zod,
 * because workflows load it.
 */
import { capabilityProblems } from './capability-problems';
import { InvalidConfigError } from './invalid-config';

/** The input of an activity. */
export type InputOf<Activity> = Activity extends (input: infer Input, ...more: never[]) => unknown
  ? Input
  : never;

/** The names of the activities that can compensate this one: their input is `{ undoes }` with the input of this one. */
type CompensationOf<Activities, Name extends keyof Activities> = {
  [Other in keyof Activities]: { undoes: InputOf<Activities[Name]> } extends InputOf<Activities[Other]>
    ? Other
    : never;
}[keyof Activities] &
  string;

/** The role of one activity in a saga. */
export interface StepDeclaration<Input = never, Compensation = string> {
  /** What people read in the Temporal UI while it runs. */
  readonly summary: (input: Input) => string;
  /** The activity that compensates this one. Its input is `{ undoes }`, with the input of this one. */
  readonly undoneBy?: Compensation;
  /** The step cannot be compensated: it runs as the pivot of a saga, or after the pivot. */
  readonly after?: 'pivot';
  /** The step calls a provider. Default: it uses the database only. */
  readonly calls?: 'provider';
  /**
   * The provider answers within a second as a rule, so that the step runs as a local activity where its capability is
   * placed with the workflow's pool. If it has no answer within three seconds, it runs as an ordinary activity under
   * the same key. Only for steps that call a provider.
   */
  readonly local?: true;
  /** The types of the refusals that the step may answer with. */
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
  /** The task queue of the pool that runs the steps, unless the capability is placed with the workflow's pool. */
  readonly taskQueue: string;
  readonly steps: Readonly<Record<string, StepDeclaration>>;
  /** For the compiler only: the types of the activities and of the declared steps. */
  readonly types?: { readonly activities: Activities; readonly steps: Steps };
}

/**
 * Declares the steps of a capability, each once: its summary, its compensation, and whether it can be compensated at
 * all. A saga runs them with `openSteps`. The fault matrix and repairs read the compensations from here.
 *
 * @throws InvalidConfigError from the inner call, with every contradiction between the steps
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
    const problems = capabilityProblems({ name, steps, taskQueue });
    if (problems.length > 0) throw new InvalidConfigError(problems);
    return { name, taskQueue, steps: { ...steps } };
  };
}

/**
 * Which step each compensation undoes: `{ releaseStock: 'reserveStock' }`.
 *
 * @throws InvalidConfigError if two of the capabilities declare one compensation
 * @example
 * compensationsOf([ticketing]); // { closeTicket: 'openTicket' }
 */
export function compensationsOf(capabilities: readonly Pick<Capability, 'steps'>[]): Record<string, string> {
  const undoes = capabilities.flatMap(({ steps }) =>
    Object.entries(steps).flatMap(([name, { undoneBy }]) =>
      undoneBy === undefined ? [] : [[undoneBy, name] as const],
    ),
  );
  const names = undoes.map(([undoneBy]) => undoneBy);
  const shared = names.filter((name, at) => names.indexOf(name) !== at);
  if (shared.length > 0)
    throw new InvalidConfigError(
      shared.map((name) => `two capabilities have a compensation "${name}"; rename one of them`),
    );
  return Object.fromEntries(undoes);
}
