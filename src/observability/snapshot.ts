import type { Reason } from '../contracts';
import type { Pause } from '../switches';
import type { Percentiles } from './percentiles';
import type { PoolState, QueueState } from './snapshot-pools';

/**
 * The state of the whole system at one moment: what the console shows, what the console's `/metrics` exports, and what
 * the alerts judge. It is plain JSON. Times are ISO 8601 texts in UTC, ages are in seconds, sizes in bytes.
 */
export interface SystemSnapshot {
  /** When the snapshot was put together; each part has the time of its own check. */
  readonly at: string;
  readonly streams: Part<readonly StreamState[]>;
  /** One entry for each consumer group: the bridge, and each subscription. */
  readonly partitions: Part<readonly GroupState[]>;
  readonly sagas: Part<SagasState>;
  readonly struggles: Part<StrugglesState>;
  readonly deadLetters: Part<DeadLettersState>;
  readonly outbox: Part<OutboxState>;
  /** One entry for each task queue, kind of task and deployment version. */
  readonly queues: Part<readonly QueueState[]>;
  readonly pools: Part<readonly PoolState[]>;
  /** What operators have paused at this moment. */
  readonly pauses: Part<readonly Pause[]>;
}

/** The names of the parts that are checked one by one. */
export type PartName = Exclude<keyof SystemSnapshot, 'at'>;

/** The result of the latest check of one part. */
export type Part<Data> =
  | { readonly kind: 'known'; readonly at: string; readonly data: Data }
  /** The server did not answer. `last` has what the latest check with an answer found, if there was one. */
  | {
      readonly kind: 'unknown';
      readonly at: string;
      readonly error: string;
      readonly last?: { readonly at: string; readonly data: Data };
    };

/** A stream of JetStream, with the forecast of when it is full. */
export interface StreamState {
  readonly stream: string;
  readonly bytes: number;
  /** Below zero: no limit. */
  readonly maxBytes: number;
  readonly messages: number;
  /** Below zero: no limit. */
  readonly maxMessages: number;
  /** Sequence of the latest message. */
  readonly lastSequence: number;
  /** Used part of the limit that is nearer, bytes or messages, from 0 to 1; 0 without a limit. */
  readonly share: number;
  readonly level: 'room' | 'nearly-full' | 'full';
  /** Messages stored each second since the check before; absent at the first check. */
  readonly storedPerSecond?: number;
  /** Change of `bytes` each second over the observed time; absent until it is known. Below zero the stream shrinks. */
  readonly growthBytesPerSecond?: number;
  /** Days until the limit at this growth; absent without a limit, without growth, and until the growth is known. */
  readonly daysLeft?: number;
}

/** The processes that share one set of durable consumers of the events. */
export interface GroupState {
  /** Name of the consumers: the bridge's, or that of a subscription. */
  readonly group: string;
  readonly kind: 'bridge' | 'subscription';
  /** Events that are not settled yet, over all partitions. */
  readonly lag: number;
  /** Age of the oldest of them; 0 if there is none. */
  readonly oldestSeconds: number;
  /** Events delivered more than once and not settled yet. */
  readonly redelivered: number;
  /** Partitions whose consumer has a process that asks for events. */
  readonly attended: number;
  /** Consumers that the group must have: one for each partition, or one for each lane of a batch subscription. */
  readonly consumers: number;
  /** Events settled each second since the check before; absent at the first check. */
  readonly settledPerSecond?: number;
  /** All of them, in order of their numbers; a partition whose consumer does not exist is absent. */
  readonly partitions: readonly PartitionState[];
}

export interface PartitionState {
  readonly partition: number;
  /** Events that are not settled: those that wait, and the one in flight. */
  readonly lag: number;
  readonly inFlight: number;
  /** Events delivered more than once and not settled yet. */
  readonly redelivered: number;
  /** Whether a process asks for its events or has one in flight. */
  readonly attended: boolean;
  /** Stream sequence up to which all events are settled. */
  readonly settled: number;
  /** The event that is next to be settled; absent if there is none, or it could not be read. */
  readonly oldest?: OldestEvent;
}

export interface OldestEvent {
  readonly sequence: number;
  readonly subject: string;
  /** The correlation key: the last word of the subject. */
  readonly key: string;
  readonly storedAt: string;
  readonly ageSeconds: number;
}

export interface SagasState {
  /** Open workflows of all types, by Temporal's count. */
  readonly open: number;
  readonly states: readonly SagaStateCount[];
  /** Whether there are open workflows in states that `states` does not list. */
  readonly more: boolean;
  /**
   * Processes that were terminated or timed out within the last hour, and which nobody has reset or repaired, at most
   * 50; absent if Temporal did not list them in time.
   */
  readonly cutShort?: readonly CutShort[];
  /** What began and ended within the last minute; absent if it could not be counted in time. */
  readonly flow?: SagaFlow;
}

/** The processes that began and ended within the last minute, without batchers. */
export interface SagaFlow {
  readonly startedPerSecond: number;
  readonly endedPerSecond: number;
  /** Seconds from the beginning to the end of those that ended, of 100 at most; absent if none has ended. */
  readonly durations?: Percentiles;
  /**
   * Seconds from the storage of the first event of a key to the beginning of its process, of the latest 20; absent if
   * none has begun. Processes that recur do not count.
   */
  readonly startDelays?: Percentiles;
}

/** A process that was ended from outside, so that it could not compensate what it had done. */
export interface CutShort {
  readonly workflow: string;
  readonly workflowId: string;
  readonly key: string;
  /** `TERMINATED` or `TIMED_OUT`. */
  readonly status: string;
  readonly closedAt: string;
}

/** The open workflows of one type in one state. */
export interface SagaStateCount {
  readonly workflow: string;
  /** The search attribute `SagaState`. */
  readonly state: string;
  readonly count: number;
  /** Whether a person has to decide in this state. */
  readonly waitsForPerson: boolean;
  /** The workflow in this state that began first; absent if it could not be found in time. */
  readonly oldest?: {
    readonly workflowId: string;
    readonly startedAt: string;
    /** Since the beginning of the workflow, not of the state: Temporal does not index the latter. */
    readonly ageSeconds: number;
  };
}

export interface StrugglesState {
  readonly groups: readonly StruggleGroup[];
  /** Open workflows of which the latest look of each is in the result. */
  readonly lookedAt: number;
  /** Open workflows by Temporal's count. */
  readonly open: number;
  /** When the checks have been through all open workflows last; absent before the first time. */
  readonly completedAt?: string;
}

/** Steps that fail for one cause and are tried again: the same workflow type, step and last failure. */
export interface StruggleGroup {
  readonly workflow: string;
  /** The activity, or `workflow task` for a workflow whose own tasks fail. */
  readonly step: string;
  /** The message of the last failure, at most 300 characters; ids and numbers are replaced by `…`. */
  readonly cause: string;
  readonly count: number;
  /** The attempts of the step that was tried most often. */
  readonly mostAttempts: number;
  /** When the first of the steps was scheduled; it has not succeeded since. */
  readonly since: string;
  readonly sinceSeconds: number;
  /** The nearest next attempt; absent while all attempts are under way. */
  readonly nextAttemptAt?: string;
  /** States of the workflows, by how many are in each. */
  readonly states: Readonly<Record<string, number>>;
  /** Versions of the workers that made the last attempts, without attempts of workers without versions. */
  readonly versions: readonly VersionFailures[];
  /** The longest-waiting ones, at most ten. */
  readonly samples: readonly StruggleSample[];
}

/** How many steps of a group have failed last on workers of one version. */
export interface VersionFailures {
  readonly deployment: string;
  readonly buildId: string;
  readonly count: number;
}

export interface StruggleSample {
  readonly workflowId: string;
  readonly runId: string;
  readonly key: string;
  readonly state: string;
  readonly attempts: number;
  readonly since: string;
  readonly nextAttemptAt?: string;
  /** When the attempts end: the process then compensates or asks a person. Absent: they do not end. */
  readonly triedUntil?: string;
}

export interface DeadLettersState {
  /** Dead letters that nobody has redriven or discarded. */
  readonly open: number;
  readonly reasons: readonly DeadLetterCount[];
  /** Dead letters whose stream was full, and which are still parked as notes. */
  readonly parked: number;
  /** Dead letters in the index, open or not. */
  readonly lookedAt: number;
  /** Whether the index is still being built: the numbers are too low. */
  readonly building: boolean;
}

/** Open dead letters with one reason in one context. */
export interface DeadLetterCount {
  /** Another version may have written a reason that this one does not know. */
  readonly reason: Reason | (string & {});
  readonly context: string;
  readonly count: number;
  readonly oldestAt: string;
  readonly newestAt: string;
  /** Sequences of the newest ones, at most ten. */
  readonly samples: readonly number[];
}

export interface OutboxState {
  readonly lanes: readonly OutboxLane[];
  /** Rows that their stream has refused for good: `npx sagaline outbox list`. */
  readonly setAside: number;
  /** Rows that steps have written each second since the check before, by their ids; absent at the first check. */
  readonly writtenPerSecond?: number;
}

export interface OutboxLane {
  /** `evt`: rows for `EVENTS`; `dlq`: rows for `DEAD_LETTERS`. */
  readonly lane: string;
  /** Rows that wait, at most `OUTBOX_COUNTED`. */
  readonly waiting: number;
  /** Whether there are more rows than were counted. */
  readonly more: boolean;
  readonly oldestSeconds: number;
}
