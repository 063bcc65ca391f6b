import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { NatsConnection } from 'nats';
import type { Group } from '../../adapters/nats';
import { readLag } from '../../adapters/nats';
import { routingOf } from '../../adapters/temporal';

/** Seldom enough to cost nothing: a look is a request for each partition. */
const LOOK_MS = 15_000;
/** An event that has waited this long for its settlement is late: usually it takes some milliseconds. */
const LATE_MS = 60_000;

type Problems = Readonly<Record<string, string>>;

/** Whether the work of a consuming role comes through: for `degraded` in `/readyz`. */
export interface WorkWatch {
  /** Problems of the last look, in words, by what has them. */
  degraded(): Problems;
  stop(): Promise<void>;
}

/**
 * Checks whether events wait for long, and whether somebody polls for what is dispatched. Neither makes the process
 * unready: it does its own part, and a restart of it helps nobody (adr 49).
 */
export function watchWork(parts: {
  readonly nats: NatsConnection;
  /** The groups of consumers. */
  readonly groups: readonly Group[];
  /** The task queues of the workflows that events reach. */
  readonly workflows?: { readonly temporal: Client; readonly taskQueues: readonly string[] };
  readonly everyMs?: number;
  /** Default: 60 s */
  readonly lateMs?: number;
}): WorkWatch {
  const { nats, groups, workflows, everyMs = LOOK_MS, lateMs = LATE_MS } = parts;
  const stopping = new AbortController();
  let problems: Problems = {};
  const running = watch();
  return {
    degraded: () => problems,
    stop: async () => {
      stopping.abort();
      await running;
    },
  };

  async function watch(): Promise<void> {
    while (!stopping.signal.aborted) {
      const found = await Promise.all([
        ...groups.map(lateIn),
        ...(workflows?.taskQueues ?? []).map(unpolled),
      ]);
      problems = Object.fromEntries(found.flat());
      await sleep(everyMs, undefined, { signal: stopping.signal, ref: false }).catch(() => undefined);
    }
  }

  async function lateIn(group: Group): Promise<[string, string][]> {
    // While NATS is away nothing is known; its own check reports that.
    const lags = await readLag(nats, group).catch(() => []);
    const now = Date.now();
    const late = lags.filter(({ oldest }) => oldest && now - oldest.storedAt.getTime() > lateMs);
    const [first] = late
      .map(({ oldest }) => oldest?.storedAt.getTime() ?? now)
      .sort((one, other) => one - other);
    if (first === undefined) return [];
    const seconds = Math.round((now - first) / 1_000);
    return [
      [
        `lag-of-${group.name}`,
        `events of ${late.length} partitions wait, the oldest for ${seconds} s: runbooks.md#events-wait`,
      ],
    ];
  }

  async function unpolled(taskQueue: string): Promise<[string, string][]> {
    if (!workflows) return [];
    const routing = await routingOf(workflows.temporal, { taskQueue, hasWorkflows: true }).catch(
      () => undefined,
    );
    if (!routing || routing.polledBy.includes(routing.current)) return [];
    const version =
      routing.current === undefined ? 'workers without a version' : `version ${routing.current}`;
    return [
      [
        `pool-${taskQueue}`,
        `nobody polls "${taskQueue}" for ${version}, which gets its new work: runbooks.md#nobody-polls`,
      ],
    ];
  }
}
