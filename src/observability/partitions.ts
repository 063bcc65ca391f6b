import type { PartitionLag } from '../adapters/nats';
import { consumersOf } from '../adapters/nats';
import { ageSeconds } from './age';
import type { Rates } from './rates';
import type { GroupState, PartitionState } from './snapshot';

/** A group of processes that shares one set of durable consumers. */
export interface WatchedGroup {
  /** Name of the consumers. */
  readonly group: string;
  readonly kind: GroupState['kind'];
  /** Of a subscription that takes batches. */
  readonly batch?: { readonly size: number };
}

/** What each group has not settled yet, by partition. A group without consumers has no partitions, and nobody attends to it. */
export function createPartitionsCheck(parts: {
  readonly groups: readonly WatchedGroup[];
  readonly read: (group: WatchedGroup) => Promise<readonly PartitionLag[]>;
  readonly rates: Rates;
  readonly clock: () => Date;
}): () => Promise<readonly GroupState[]> {
  return async () => {
    const found: GroupState[] = [];
    // One after the other, so that the requests of one group are in flight at once and not those of all.
    for (const watched of parts.groups) {
      const { group, kind } = watched;
      const lags = await parts.read(watched);
      const now = parts.clock();
      const partitions = lags.map((lag) => stateOf(lag, now));
      const sum = (value: (lag: PartitionLag) => number) => lags.reduce((all, lag) => all + value(lag), 0);
      const settled = parts.rates.of(
        group,
        sum(({ acknowledged }) => acknowledged),
      );
      found.push({
        ...{ group, kind, lag: sum(({ lag }) => lag), redelivered: sum(({ redelivered }) => redelivered) },
        oldestSeconds: Math.max(0, ...partitions.map(({ oldest }) => oldest?.ageSeconds ?? 0)),
        attended: sum(({ attended }) => (attended ? 1 : 0)),
        consumers: consumersOf(watched).count,
        ...(settled !== undefined && { settledPerSecond: settled }),
        partitions,
      });
    }
    return found;
  };
}

function stateOf(found: PartitionLag, now: Date): PartitionState {
  const { partition, lag: behind, inFlight, redelivered, attended, settled, oldest } = found;
  const lag = { partition, lag: behind, inFlight, redelivered, attended, settled };
  if (oldest === undefined) return lag;
  const { sequence, subject, storedAt } = oldest;
  return {
    ...lag,
    oldest: {
      ...{ sequence, subject, key: subject.slice(subject.lastIndexOf('.') + 1) },
      ...{ storedAt: storedAt.toISOString(), ageSeconds: ageSeconds(storedAt, now) },
    },
  };
}
