import { checkStreams, connectNats, provisionStreams, startingPatience } from '../src/adapters/nats';
import { migrate } from '../src/adapters/postgres/migrate';
import { createTemporalClient, provisionSchedule, registerSearchAttributes } from '../src/adapters/temporal';
import type { Log } from '../src/contracts';
import { createCatalogue } from '../src/contracts';
import { domains } from '../src/domains';
import { reconciliation } from '../src/domains/shop/workflows';
import type { AppConfig } from './config';
import { sharedGroups } from '../src/subscriptions';
import { migrations } from './migrations';
import { temporalSettings } from './settings';

/** Makes what the processes need in NATS, Temporal and PostgreSQL, or checks it. Before every start and every deploy. */
export async function provision(config: AppConfig, log: Log): Promise<void> {
  const nats = await connectNats({ ...config.nats, name: 'sagaline-provision', log });
  const temporal = createTemporalClient(temporalSettings(config));
  try {
    await Promise.all([
      provisionNats(nats, config, log),
      registerSearchAttributes(temporal).then(() => scheduleReconciliation(temporal, config)),
      migrate(config.DATABASE_DIRECT_URL, migrations, log),
    ]);
  } finally {
    await nats.close();
    await temporal.connection.close();
  }
}

async function provisionNats(
  nats: Awaited<ReturnType<typeof connectNats>>,
  config: AppConfig,
  log: Log,
): Promise<void> {
  const settings = {
    replicas: config.STREAM_REPLICAS,
    maxBytes: config.STREAM_MAX_BYTES,
    deadLettersMaxBytes: config.DEAD_LETTERS_MAX_BYTES,
    operationsMaxBytes: config.OPERATIONS_MAX_BYTES,
  };
  const groups = [{ name: config.BRIDGE_NAME }, ...sharedGroups(createCatalogue(domains))];
  const patience = startingPatience(log);
  if (config.PROVISION === 'check') return patience(() => checkStreams(nats, settings, groups));
  return provisionStreams(nats, settings, { groups: groups.map(({ name }) => name), patience });
}

/** Its workflows set search attributes: those must be there first. */
function scheduleReconciliation(temporal: ReturnType<typeof createTemporalClient>, { domain }: AppConfig) {
  const { name, taskQueue } = reconciliation.check;
  return provisionSchedule(temporal, {
    scheduleId: name,
    workflow: name,
    taskQueue,
    everyMs: domain.RECONCILE_EVERY_MS,
    summary: 'Orders that do not add up',
    initialState: 'checking',
  });
}
