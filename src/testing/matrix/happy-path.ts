import type { WorkflowBundleOption } from '@temporalio/worker';
import type { Capability, EventContract, Route } from '../../contracts';
import { compensationsOf } from '../../contracts';

/** An event of the happy path. */
export interface Told<Fixture> {
  readonly contract: EventContract;
  readonly data: unknown;
  /**
   * What happens in the fixture, of which the event tells: the parcel leaves, the customer pays. `false`: it cannot happen in
   * this fixture, and nothing is told.
   */
  readonly happens?: ((fixture: Fixture) => boolean) | undefined;
}

/** What may happen beside the happy path: a forged event, something that a provider does of itself. */
export interface Incident<Fixture> {
  /** For the legend. */
  readonly means: string;
  /** The saga must end as without it. */
  readonly isHarmless: boolean;
  /** Makes it happen; what is told of it. */
  readonly happens: (fixture: Fixture, key: string) => readonly Told<Fixture>[];
}

/**
 * An event of the happy path, its data typed from the contract.
 *
 * @example
 * told(alertRaised, { deviceId: 'dev-1' });
 */
export function told<Type extends string, Data, Fixture = unknown>(
  contract: EventContract<Type, Data>,
  data: Data,
  happens?: (fixture: Fixture) => boolean,
): Told<Fixture> {
  return { contract, data, happens };
}

/** Activity functions by task queue and name, as workers get them. */
export type ActivitiesByQueue = Readonly<Record<string, object>>;

/**
 * One run of a saga on which all goes well, and what has to be known of the saga beside it. The matrix finds the steps
 * by itself: they are the activities that the run calls.
 */
export interface HappyPath<Fixture> {
  /** With the workflow in it: `{ codePath }`, or `{ code }`. */
  readonly bundle: WorkflowBundleOption;
  /** Those of the domain; events reach the workflow as the bridge would bring them. */
  readonly routes: readonly Route[];
  /** A fresh one for each cell: the fakes behind the activities, nothing done yet. */
  readonly fixture: () => Fixture;
  readonly activities: (fixture: Fixture) => ActivitiesByQueue;
  /** In their order; each is sent when the workflow has dealt with the one before. */
  readonly events: (key: string) => readonly Told<Fixture>[];
  /** The saga's terminal states. */
  readonly ends: readonly string[];
  /** The states in which it waits for a person, or for an event that nobody can force, without a deadline. */
  readonly waits?: readonly string[];
  /** Of the saga: which activity compensates which, which call a provider, what they refuse. */
  readonly capabilities?: readonly Pick<Capability, 'steps'>[];
  /** Those that the saga begins with placed; `activities` then has them under the task queue of the process. Default: none */
  readonly placed?: readonly Pick<Capability, 'name'>[];
  /** Default: `reverse`. */
  readonly compensate?: 'reverse' | 'parallel';
  /** What has taken effect in the fixture so far, each named by its key: an effect that is named twice was done twice. */
  readonly effects: (fixture: Fixture) => readonly string[];
  /** What may happen beside the happy path, each at every step and before every event. */
  readonly incidents?: Readonly<Record<string, Incident<Fixture>>>;
}

/** A happy path with all that its capabilities declare. */
export interface DeclaredPath<Fixture> extends HappyPath<Fixture> {
  /** Which activity compensates which: `{ releaseStock: 'reserveStock' }`. */
  readonly undoes: Readonly<Record<string, string>>;
  /** The activities that call a provider: each may be refused for a reason that nobody has foreseen. */
  readonly providerCalls: readonly string[];
  /** The steps that may be refused, and a type with which they are: `{ reserveStock: 'out-of-stock' }`. */
  readonly refusals: Readonly<Record<string, string>>;
}

export function declaredIn<Fixture>(path: HappyPath<Fixture>): DeclaredPath<Fixture> {
  const { capabilities = [] } = path;
  const steps = capabilities.flatMap((each) => Object.entries(each.steps));
  return {
    ...path,
    undoes: compensationsOf(capabilities),
    providerCalls: steps.flatMap(([name, { calls }]) => (calls === 'provider' ? [name] : [])),
    refusals: Object.fromEntries(
      steps.flatMap(([name, { refuses }]) => refuses?.slice(0, 1).map((type) => [name, type]) ?? []),
    ),
  };
}

/** How one run ended. */
export interface Outcome<Fixture> {
  readonly fixture: Fixture;
  /** The correlation key. */
  readonly key: string;
  /** What the workflow has returned; `undefined` where it has not ended as it should. */
  readonly state: string | undefined;
  /** Which cell this is, `reserveStock × fails once`; `undefined` of the happy path itself. */
  readonly cell: string | undefined;
}

/** By name, each throws where it does not hold. They are asked of the happy path too. */
export type Invariants<Fixture> = Readonly<
  Record<string, (outcome: Outcome<Fixture>) => void | Promise<void>>
>;
