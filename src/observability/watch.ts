import type { Client } from '@temporalio/client';
import type { NatsConnection } from 'nats';
import {
  createStreamReader,
  DEAD_LETTERS_STREAM,
  EVENTS_STREAM,
  OPERATIONS_STREAM,
  readFills,
  readLag,
  tail,
} from '../adapters/nats';
import type { Database } from '../adapters/postgres';
import { countPinned, readPoolQueues } from '../adapters/temporal';
import type { Route, WorkflowDefinition } from '../contracts';
import { storedIn } from '../contracts';
import { createPoolStore, createProviderStore, isRunning, readPausedRoutes } from '../switches';
import { createDeadLettersCheck } from './dead-letters';
import { createOutboxCheck } from './outbox';
import type { WatchedPart } from './part';
import { watchPart } from './part';
import type { WatchedGroup } from './partitions';
import { createPartitionsCheck } from './partitions';
import type { Pools, WatchedPool } from './queues';
import { createPoolsCheck } from './queues';
import { createGrowth, createRates } from './rates';
import { createSagasCheck } from './sagas';
import type { Part, SystemSnapshot } from './snapshot';
import { createStreamsCheck } from './streams';
import { createStrugglesCheck } from './struggles';
import type { ThroughputSample } from './throughput';
import { createHistory, throughputOf } from './throughput';

const SECOND = 1_000;
/**
 * How often each part is checked, and how long one check may take. What is told within seconds is cheap to read; a
 * look at workflows costs Temporal one call for each.
 */
const TIMES = {
  streams: { everyMs: 5 * SECOND, withinMs: 5 * SECOND },
  partitions: { everyMs: 5 * SECOND, withinMs: 10 * SECOND },
  sagas: { everyMs: 10 * SECOND, withinMs: 20 * SECOND },
  struggles: { everyMs: 10 * SECOND, withinMs: 30 * SECOND },
  deadLetters: { everyMs: 5 * SECOND, withinMs: 20 * SECOND },
  outbox: { everyMs: 5 * SECOND, withinMs: 10 * SECOND },
  pools: { everyMs: 10 * SECOND, withinMs: 15 * SECOND },
  pauses: { everyMs: 5 * SECOND, withinMs: 10 * SECOND },
} as const;

/** Between two samples of the throughput: the slowest check has a new answer in each. */
const SAMPLE_MS = 10 * SECOND;
/** Three hours: what happened before is in the metrics' own store. */
const KEPT_SAMPLES = 1_080;
/** The servers, and what of the deployment is to be watched. */
export interface ObservabilityParts {
  readonly nats: NatsConnection;
  /** A client that tries a call once: the next check is the next try. */
  readonly temporal: Client;
  readonly database: Pick<Database, 'query'>;
  readonly groups: readonly WatchedGroup[];
  readonly processes: readonly WorkflowDefinition[];
  readonly pools: readonly WatchedPool[];
  /** Those that open processes say which events begin them. Default: how soon processes begin is not measured */
  readonly routes?: readonly Route[];
  /** Divides all intervals, for tests. Default: 1 */
  readonly faster?: number;
}

export interface Observability {
  /** The state of the system, each part as its latest check has found it. */
  latest(): SystemSnapshot;
  /** What passed through the system lately, the oldest first. It is in memory: a restart begins anew. */
  throughput(): readonly ThroughputSample[];
  stop(): Promise<void>;
}

/** Checks every part of the system at its own interval. A server that is away makes only its own parts unknown. */
export function startObservability(parts: ObservabilityParts): Observability {
  const { nats, temporal, database, faster = 1 } = parts;
  const clock = () => new Date();
  const now = () => performance.now();
  const watch = <Data>(
    name: keyof typeof TIMES,
    check: (signal: AbortSignal) => Promise<Data>,
  ): WatchedPart<Data> => watchPart(check, { ...TIMES[name], everyMs: TIMES[name].everyMs / faster, clock });
  const fills = () => readFills(nats);
  const events = () => createStreamReader(nats, EVENTS_STREAM);
  const history = createHistory<ThroughputSample>(KEPT_SAMPLES);

  const streams = watch(
    'streams',
    createStreamsCheck({ read: fills, rates: createRates(now), growth: createGrowth(now) }),
  );
  const partitions = watch(
    'partitions',
    createPartitionsCheck({
      ...{ groups: parts.groups, rates: createRates(now), clock },
      read: ({ group: name, batch }) => readLag(nats, { name, ...(batch && { batch }) }),
    }),
  );
  const sagas = watch(
    'sagas',
    createSagasCheck({
      ...{ temporal, processes: parts.processes, routes: parts.routes ?? [], clock },
      firstStored: async (subject) => (await (await events()).next(storedAs(subject), 1))?.storedAt,
    }),
  );
  const struggles = watch('struggles', createStrugglesCheck({ temporal, clock }));
  const deadLetters = watch(
    'deadLetters',
    createDeadLettersCheck({
      ...{ fills, now },
      first: async () => (await (await createStreamReader(nats, DEAD_LETTERS_STREAM)).bounds()).first,
      read: (stream, { subjects, sequence, signal }) =>
        tail(nats, stream, { subjects, from: { sequence }, untilEnd: true, signal }),
    }),
  );
  const outbox = watch('outbox', createOutboxCheck({ database, rates: createRates(now) }));
  const pools = watch(
    'pools',
    createPoolsCheck({
      pools: parts.pools,
      read: (pool) => readPoolQueues(temporal, pool),
      countPinned: (version) => countPinned(temporal, version),
      growth: createGrowth(now),
    }),
  );

  const pauses = watch('pauses', async () => {
    const lists = await Promise.all([
      createStreamReader(nats, OPERATIONS_STREAM).then(readPausedRoutes),
      createPoolStore(temporal, parts.pools).list(),
      createProviderStore(database).list(),
    ]);
    return lists.flat().filter((pause) => isRunning(pause, clock()));
  });

  const latest = (): SystemSnapshot => ({
    at: clock().toISOString(),
    streams: streams.latest(),
    partitions: partitions.latest(),
    sagas: sagas.latest(),
    struggles: struggles.latest(),
    deadLetters: deadLetters.latest(),
    outbox: outbox.latest(),
    queues: ofPools(pools.latest(), ({ queues }) => queues),
    pools: ofPools(pools.latest(), (found) => found.pools),
    pauses: pauses.latest(),
  });
  const sampling = setInterval(() => history.add(throughputOf(latest())), SAMPLE_MS / faster).unref();

  return {
    latest,
    throughput: () => history.all(),
    stop: async () => {
      clearInterval(sampling);
      const all = [streams, partitions, sagas, struggles, deadLetters, outbox, pools, pauses];
      await Promise.all(all.map((part) => part.stop()));
    },
  };
}

function ofPools<Data>(part: Part<Pools>, pick: (pools: Pools) => Data): Part<Data> {
  if (part.kind === 'known') return { ...part, data: pick(part.data) };
  const { last, ...rest } = part;
  return { ...rest, ...(last && { last: { at: last.at, data: pick(last.data) } }) };
}

/** The subjects under which the stream may have an event. */
function storedAs(subject: string): string {
  return subject.replace(/^evt/, storedIn.anywhere);
}
