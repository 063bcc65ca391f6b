import type { ConsumerConfig, JetStreamManager, NatsConnection } from 'nats';
import { PARTITIONS } from '../../../contracts';
import type { Group } from '../consume/consumer';
import { consumerDifferences, durableConsumer } from '../consume/consumer';
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
  const manager = await connection.jetstreamManager();
  const maxPayload = connection.info?.max_payload ?? 1024 * 1024;
  const problems: string[] = [];
  for (const wanted of wantedStreams(maxPayload, settings)) {
    const existing = await findStream(manager, wanted.name);
    if (!existing) problems.push(`stream ${wanted.name} is missing: make it with ${JSON.stringify(wanted)}`);
    else {
      const { fixed, changeable } = settingsOf(wanted);
      const differences = differencesOf(existing.config, wanted, [...fixed, ...changeable]);
      problems.push(...differences.map((difference) => `stream ${wanted.name}: ${difference}`));
    }
  }
  if (!(await findStream(manager, POISON_DETECTION_STREAM))) {
    problems.push(
      `stream ${POISON_DETECTION_STREAM} is missing: make it with "nats kv add POISON_DETECTION --history 1 --ttl 7d"`,
    );
  }
  const found = (await findStream(manager, EVENTS_STREAM)) ? await consumersOf(manager) : NONE;
  for (const group of groups) problems.push(...groupProblems(found, group));
  if (problems.length > 0) throw new NotProvisionedError(problems);
}

const NONE: ReadonlyMap<string, ConsumerConfig> = new Map();

async function consumersOf(manager: JetStreamManager): Promise<ReadonlyMap<string, ConsumerConfig>> {
  const found = new Map<string, ConsumerConfig>();
  for await (const { name, config } of manager.consumers.list(EVENTS_STREAM)) found.set(name, config);
  return found;
}

/**
 * The problems of one group. The consumers of its partitions differ only in their number, so missing ones are
 * reported together.
 */
function groupProblems(found: ReadonlyMap<string, ConsumerConfig>, group: Group): string[] {
  const problems: string[] = [];
  const missing: Partial<ConsumerConfig>[] = [];
  for (let number = 0; number < PARTITIONS; number++) {
    const partition = { number, settled: 0 };
    const wanted = durableConsumer(group, partition);
    const existing = found.get(wanted.durable_name ?? '');
    if (existing) {
      const differences = consumerDifferences(existing, group, partition);
      problems.push(...differences.map((difference) => `consumer ${wanted.durable_name}: ${difference}`));
    } else missing.push(wanted);
  }
  if (missing.length > 0) {
    const names = missing.map(({ durable_name }) => durable_name).join(', ');
    // The first partition also reads events that belong to no partition, so the last one is the example for the
    // others.
    const example = JSON.stringify(missing.at(-1));
    problems.push(
      `consumers of ${EVENTS_STREAM} are missing: ${names}; the last one is made with ${example}`,
    );
  }
  return problems;
}
