import type { WorkflowBundleOption } from '@temporalio/worker';
import type { Capability, EventContract, Route } from '../../contracts';
import { compensationsOf } from '../../contracts';

/** An event of the happy path. */
export interface Told<Fixture> {
  readonly contract: EventContract;
  readonly data: unknown;
  /**
   * Makes the fact happen in the fixture that the event reports: the parcel leaves, the customer pays. Return `false` when it
   * cannot happen in this fixture: the event is then not sent.
   */
  readonly happens?: ((fixture: Fixture) => boolean) | undefined;
}

/** An incident beside the happy path: a forged event, or an action that a provider takes by itself. */
export interface Incident<Fixture> {
  /** Text for the legend. */
  readonly means: string;
  /** Whether the saga must end as it does without the incident. */
  readonly isHarmless: boolean;
  /** Makes it happen. Returns the events that report it. */
  readonly happens: (fixture: Fixture, key: string) => readonly Told<Fixture>[];
}

/**
 * Describes an event of the happy path, its data typed by the contract.
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
 * A run of a saga on which all goes well, and what the matrix has to know of the saga besides. The matrix finds the steps by
 * itself: they are the activities that the run calls.
 */
export interface HappyPath<Fixture> {
  /** The bundle with the workflow: `{ codePath }`, or `{ code }`. */
  readonly bundle: WorkflowBundleOption;
  /** Routes of the domain: events reach the workflow as the bridge would bring them. */
  readonly routes: readonly Route[];
  /** Makes the fakes behind the activities, new for each cell, with nothing done yet. */
  readonly fixture: () => Fixture;
  readonly activities: (fixture: Fixture) => ActivitiesByQueue;
  /** The events in their order; each is sent when the workflow has processed the one before. */
  readonly events: (key: string) => readonly Told<Fixture>[];
  /** The saga's terminal states. */
  readonly ends: readonly string[];
  /** The states in which it waits without a deadline: for a person, or for an event that cannot be forced. */
  readonly waits?: readonly string[];
  /**
   * The saga's capabilities: they declare which activity compensates which, which activities call a provider, and their refusals.
   */
  readonly capabilities?: readonly Pick<Capability, 'steps'>[];
  /**
   * Capabilities that are placed when the saga begins; `activities` must then have them under the task queue of the process.
   * Default: none
   */
  readonly placed?: readonly Pick<Capability, 'name'>[];
  /** Default: `reverse`. */
  readonly compensate?: 'reverse' | 'parallel';
  /** The effects in the fixture so far, each named by its key: a name that appears twice is an effect that happened twice. */
  readonly effects: (fixture: Fixture) => readonly string[];
  /** Incidents beside the happy path. The matrix makes each one happen at every step and before every event. */
  readonly incidents?: Readonly<Record<string, Incident<Fixture>>>;
}

/** A happy path with the declarations of its capabilities. */
export interface DeclaredPath<Fixture> extends HappyPath<Fixture> {
  /** Which activity compensates which: `{ releaseStock: 'reserveStock' }`. */
  readonly undoes: Readonly<Record<string, string>>;
  /** The activities that call a provider: each may be refused for an unforeseen reason. */
  readonly providerCalls: readonly string[];
  /** The steps that may be refused, each with a type of its refusals: `{ reserveStock: 'out-of-stock' }`. */
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
  /** The state that the workflow returned; `undefined` when it has not ended as it should. */
  readonly state: string | undefined;
  /** Name of the cell, `reserveStock × fails once`; `undefined` for the happy path itself. */
  readonly cell: string | undefined;
}

/** Invariants by name; each throws when it does not hold. They are checked on the happy path too. */
export type Invariants<Fixture> = Readonly<
  Record<string, (outcome: Outcome<Fixture>) => void | Promise<void>>
>;
