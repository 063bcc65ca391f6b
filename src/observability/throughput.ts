import { percentilesOf } from './percentiles';
import type { Percentiles } from './percentiles';
import type { Part, SystemSnapshot } from './snapshot';

/** What passed through the system at one moment. A number is absent while it is unknown. */
export interface ThroughputSample {
  readonly at: string;
  /** Events stored each second, from outside and from steps. */
  readonly stored?: number;
  /** Events that bridges settled each second. */
  readonly settled?: number;
  /** Tasks of steps that workers took each second, by Temporal's estimate; local activities do not count. */
  readonly steps?: number;
  /** Rows of the outbox that steps wrote each second: events out, and dead letters of workflows. */
  readonly written?: number;
  /** Processes that began and ended each second, over the last minute. */
  readonly started?: number;
  readonly ended?: number;
  /** Seconds from the storage of an event to the beginning of its process. */
  readonly startDelays?: Percentiles;
  /** Age of the events that are next to be settled, over the partitions in which one waits. */
  readonly waiting?: Percentiles;
  /** Seconds from the beginning to the end of the processes that ended. */
  readonly durations?: Percentiles;
}

const NOTHING_WAITS: Percentiles = { count: 0, p50: 0, p99: 0 };

/** The throughput in a snapshot. Only what the latest check has found counts. */
export function throughputOf(snapshot: SystemSnapshot): ThroughputSample {
  const stored = knownOf(snapshot.streams)?.find(({ stream }) => stream === 'EVENTS')?.storedPerSecond;
  const bridges = knownOf(snapshot.partitions)?.filter(({ kind }) => kind === 'bridge');
  const settled = bridges?.flatMap(({ settledPerSecond }) => settledPerSecond ?? []);
  const waiting = bridges?.flatMap(({ partitions }) =>
    partitions.flatMap(({ oldest }) => oldest?.ageSeconds ?? []),
  );
  const steps = knownOf(snapshot.queues)
    ?.filter(({ kind }) => kind === 'activity')
    .map(({ dispatchedPerSecond }) => dispatchedPerSecond);
  const written = knownOf(snapshot.outbox)?.writtenPerSecond;
  const flow = knownOf(snapshot.sagas)?.flow;
  return {
    at: snapshot.at,
    ...(stored !== undefined && { stored }),
    ...(settled && settled.length > 0 && { settled: sum(settled) }),
    ...(steps && { steps: sum(steps) }),
    ...(written !== undefined && { written }),
    ...(flow && { started: flow.startedPerSecond, ended: flow.endedPerSecond }),
    ...(flow?.startDelays && { startDelays: flow.startDelays }),
    ...(waiting && { waiting: percentilesOf(waiting) ?? NOTHING_WAITS }),
    ...(flow?.durations && { durations: flow.durations }),
  };
}

function knownOf<Data>(part: Part<Data>): Data | undefined {
  return part.kind === 'known' ? part.data : undefined;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, each) => all + each, 0);
}

/** The samples of the latest time, the oldest first. */
export interface History<Sample> {
  add(sample: Sample): void;
  all(): readonly Sample[];
}

/** @param most samples that are kept; a further one replaces the oldest */
export function createHistory<Sample>(most: number): History<Sample> {
  const kept: Sample[] = [];
  let next = 0;
  return {
    add: (sample) => {
      kept[next] = sample;
      next = (next + 1) % most;
    },
    all: () => (kept.length < most ? [...kept] : [...kept.slice(next), ...kept.slice(0, next)]),
  };
}
