import type { Registry } from 'prom-client';
import type { GroupState, PartitionState, SystemSnapshot } from '../../../observability';
import { streamMetrics } from '../streams';
import type { AddGauge, Sample } from './gauge';
import { entriesOf } from './gauge';

const DAY_S = 24 * 60 * 60;

/** Streams, and what the groups of their consumers have not settled. */
export function eventGauges(registry: Registry, gauge: AddGauge, latest: () => SystemSnapshot): void {
  streamMetrics(registry, () => entriesOf(latest().streams));
  gauge(
    'sagaline_stream_growth_bytes_per_second',
    'Growth of a stream over the last hour; no value during the first minute',
    ['stream'],
    ({ streams }) => entriesOf(streams).map((each) => [{ stream: each.stream }, each.growthBytesPerSecond]),
  );
  gauge(
    'sagaline_stream_left_seconds',
    'Time until a stream is full at its present growth; no value while it does not grow',
    ['stream'],
    ({ streams }) =>
      entriesOf(streams).map(({ stream, daysLeft }) => [
        { stream },
        daysLeft === undefined ? undefined : daysLeft * DAY_S,
      ]),
  );
  gauge(
    'sagaline_stream_last_sequence',
    'Sequence of the latest message of a stream',
    ['stream'],
    ({ streams }) => entriesOf(streams).map((each) => [{ stream: each.stream }, each.lastSequence]),
  );
  groupGauges(gauge);
  partitionGauges(gauge);
}

function groupGauges(add: AddGauge): void {
  const gauge = (name: `sagaline_${string}`, help: string, value: (group: GroupState) => number) =>
    add(name, help, ['group'], ({ partitions }) =>
      entriesOf(partitions).map((each) => [{ group: each.group }, value(each)]),
    );
  gauge(
    'sagaline_group_lag',
    'Events that a group of consumers has not settled, over all partitions',
    ({ lag }) => lag,
  );
  gauge(
    'sagaline_group_oldest_seconds',
    'Age of the oldest event that a group has not settled; 0 without one',
    ({ oldestSeconds }) => oldestSeconds,
  );
  gauge(
    'sagaline_group_redelivered',
    'Events that a group has received more than once and not settled',
    ({ redelivered }) => redelivered,
  );
  gauge(
    'sagaline_group_attended_partitions',
    'Partitions for which some process of the group asks for events; all when all is well',
    ({ attended }) => attended,
  );
  gauge(
    'sagaline_group_partitions',
    'Partitions of a group: 64, or 8 lanes of a batch subscription',
    ({ consumers }) => consumers,
  );
}

function partitionGauges(add: AddGauge): void {
  const gauge = (name: `sagaline_${string}`, help: string, value: (partition: PartitionState) => number) =>
    add(name, help, ['group', 'partition'], (snapshot) =>
      entriesOf(snapshot.partitions).flatMap(({ group, partitions }) =>
        partitions.map((each): Sample => [{ group, partition: String(each.partition) }, value(each)]),
      ),
    );
  gauge('sagaline_partition_lag', 'Events of a partition that a group has not settled', ({ lag }) => lag);
  gauge(
    'sagaline_partition_oldest_seconds',
    'Age of the oldest event of a partition that a group has not settled; 0 without one',
    ({ oldest }) => oldest?.ageSeconds ?? 0,
  );
}
