import type { Client } from '@temporalio/client';
import type { NatsConnection } from 'nats';
import {
  createStreamReader,
  DEAD_LETTERS_STREAM,
  OPERATIONS_STREAM,
  readFills,
  readLag,
  tail,
} from '../adapters/nats';
import type { Database } from '../adapters/postgres';
import { countPinned, readPoolQueues } from '../adapters/temporal';
import type { WorkflowDefinition } from '../contracts';
import { outboxState } from '../relay';
import { createPoolStore, createProviderStore, isRunning, readPausedRoutes } from '../switches';
import { createDeadLettersCheck } from './dead-letters';
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

/** The servers, and what of the deployment is to be watched. */
export interface ObservabilityParts {
  readonly nats: NatsConnection;
  /** A client that tries a call once: the next check is the next try. */
  readonly temporal: Client;
  readonly database: Pick<Database, 'query'>;
  readonly groups: readonly WatchedGroup[];
  readonly processes: readonly WorkflowDefinition[];
  readonly pools: readonly WatchedPool[];
  /** Divides all intervals, for tests. Default: 1 */
  readonly faster?: number;
}

export interface Observability {
  /** The state of the system, each part as its latest check has found it. */
  latest(): SystemSnapshot;
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

  const streams = watch(
    'streams',
    createStreamsCheck({ read: fills, rates: createRates(now), growth: createGrowth(now) }),
  );
  const partitions = watch(
    'partitions',
    createPartitionsCheck({
      ...{ groups: parts.groups, rates: createRates(now), clock },
      read: (group) => readLag(nats, group),
    }),
  );
  const sagas = watch('sagas', createSagasCheck({ temporal, processes: parts.processes, clock }));
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
  const outbox = watch('outbox', () => outboxState(database));
  const pools = watch(
    'pools',
    createPoolsCheck({
      pools: parts.pools,
      read: (pool) => readPoolQueues(temporal, pool),
      countPinned: (version) => countPinned(temporal, version),
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

  return {
    latest: () => ({
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
    }),
    stop: async () => {
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
