import type { ConsumerConfig, JetStreamManager, NatsConnection } from 'nats';
import type { Group } from '../consume/consumer';
import { consumerDifferences, consumersOf, durableConsumer } from '../consume/consumer';
import { differencesOf } from './differences';
import { findStream, settingsOf } from './streams';
import type { StreamSettings } from './wanted-streams';
import { EVENTS_STREAM, POISON_DETECTION_STREAM, wantedStreams } from './wanted-streams';

/** Thrown with `PROVISION=check` when the streams and consumers are not what this version needs. */
export class NotProvisionedError extends Error {
  override readonly name = 'NotProvisionedError';
  constructor(readonly problems: readonly string[]) {
    super(
      `JetStream is not as this version needs it (PROVISION=check changes nothing):\n` +
        problems.map((problem) => `  - ${problem}`).join('\n'),
    );
  }
}

/** A stream or consumer that is not as this version needs it. */
export interface StreamProblem {
  readonly kind: 'stream-missing' | 'stream-differs' | 'consumers-missing' | 'consumer-differs';
  /** The stream, or the consumer. */
  readonly name: string;
  /** Whether the difference decides about order or loss: `provision` does not change it. */
  readonly fixed?: boolean;
  /** What is wrong, with the settings to make it with, or each field that differs. */
  readonly text: string;
}

/**
 * Compares the streams and durable consumers with what this version needs, field by field, and changes nothing.
 *
 * @throws NotProvisionedError with everything that is missing, the settings to make it with, and everything that
 *   differs
 */
export async function checkStreams(
  connection: NatsConnection,
  settings: StreamSettings,
  groups: readonly Group[],
): Promise<void> {
  const problems = await streamProblems(connection, settings, groups);
  if (problems.length > 0) throw new NotProvisionedError(problems.map(({ text }) => text));
}

/** The same comparison, as a list. */
export async function streamProblems(
  connection: NatsConnection,
  settings: StreamSettings,
  groups: readonly Group[],
): Promise<readonly StreamProblem[]> {
  const manager = await connection.jetstreamManager();
  const maxPayload = connection.info?.max_payload ?? 1024 * 1024;
  const problems: StreamProblem[] = [];
  for (const wanted of wantedStreams(maxPayload, settings)) {
    const { name } = wanted;
    const existing = await findStream(manager, name);
    if (!existing) {
      const text = `stream ${name} is missing: make it with ${JSON.stringify(wanted)}`;
      problems.push({ kind: 'stream-missing', name, text });
      continue;
    }
    const { fixed, changeable } = settingsOf(wanted);
    const differing = (fields: typeof fixed, isFixed: boolean) =>
      differencesOf(existing.config, wanted, fields).map((difference) => ({
        ...{ kind: 'stream-differs' as const, name, fixed: isFixed },
        text: `stream ${name}: ${difference}`,
      }));
    problems.push(...differing(fixed, true), ...differing(changeable, false));
  }
  problems.push(...(await bucketProblems(manager, settings)));
  const found = (await findStream(manager, EVENTS_STREAM)) ? await existingConsumers(manager) : NONE;
  return [...problems, ...groups.flatMap((group) => groupProblems(found, group))];
}

async function bucketProblems(
  manager: JetStreamManager,
  { replicas }: StreamSettings,
): Promise<StreamProblem[]> {
  const name = POISON_DETECTION_STREAM;
  const bucket = await findStream(manager, name);
  if (bucket === undefined) {
    const text = `stream ${name} is missing: make it with "nats kv add POISON_DETECTION --history 1 --ttl 7d --replicas ${replicas}"`;
    return [{ kind: 'stream-missing', name, text }];
  }
  const differences = differencesOf(bucket.config, { num_replicas: replicas }, ['num_replicas']);
  return differences.map((difference) => ({
    ...{ kind: 'stream-differs' as const, name, fixed: false },
    text: `stream ${name}: ${difference}`,
  }));
}

const NONE: ReadonlyMap<string, ConsumerConfig> = new Map();

async function existingConsumers(manager: JetStreamManager): Promise<ReadonlyMap<string, ConsumerConfig>> {
  const found = new Map<string, ConsumerConfig>();
  for await (const { name, config } of manager.consumers.list(EVENTS_STREAM)) found.set(name, config);
  return found;
}

/**
 * The problems of one group. The consumers of its partitions differ only in their number, so missing ones are
 * reported together.
 */
function groupProblems(found: ReadonlyMap<string, ConsumerConfig>, group: Group): StreamProblem[] {
  const problems: StreamProblem[] = [];
  const missing: Partial<ConsumerConfig>[] = [];
  for (let number = 0; number < consumersOf(group).count; number++) {
    const partition = { number, settled: 0 };
    const wanted = durableConsumer(group, partition);
    const existing = found.get(wanted.durable_name ?? '');
    if (existing) {
      const differences = consumerDifferences(existing, group, partition);
      const name = wanted.durable_name ?? '';
      problems.push(
        ...differences.map((difference) => ({
          ...{ kind: 'consumer-differs' as const, name, text: `consumer ${name}: ${difference}` },
        })),
      );
    } else missing.push(wanted);
  }
  if (missing.length > 0) {
    const names = missing.map(({ durable_name }) => durable_name).join(', ');
    // The first partition also reads events that belong to no partition, so the last one is the example for the
    // others.
    const example = JSON.stringify(missing.at(-1));
    problems.push({
      ...{ kind: 'consumers-missing', name: names },
      text: `consumers of ${EVENTS_STREAM} are missing: ${names}; the last one is made with ${example}`,
    });
  }
  return problems;
}
