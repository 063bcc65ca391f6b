import {
  checkStreams,
  connectNats,
  natsRole,
  provisionConsumers,
  provisionStreams,
  startingPatience,
} from '../adapters/nats';
import { grantRights } from '../adapters/postgres';
import { migrate } from '../adapters/postgres/migrate';
import {
  awaitTemporal,
  createTemporalClient,
  provisionSchedule,
  registerSearchAttributes,
} from '../adapters/temporal';
import type { Log } from '../contracts';
import { createCatalogue } from '../contracts';
import type { Config } from '../config';
import { sharedGroups } from '../subscriptions';
import type { LoadedApp } from './app';
import { settingsIn } from './config';
import { migrationsOf, tablesOf } from './migrations';
import { temporalSettings } from './settings';
import { streamSettings } from './stream-settings';

/** Creates or checks what the processes need in NATS, Temporal and PostgreSQL. Runs before every start and every deploy. */
export async function provision(app: LoadedApp, config: Config, log: Log): Promise<void> {
  // Reports contracts that contradict each other before it waits for any server.
  const groups = sharedGroups(createCatalogue(app.domains, settingsIn(config)));
  const nats = await connectNats({ ...config.nats, ...natsRole('provision'), log });
  const settings = temporalSettings(config, app, log);
  const temporal = createTemporalClient(settings);
  const provisionTemporal = async () => {
    await awaitTemporal(temporal, settings, { log });
    await registerSearchAttributes(temporal);
    await provisionSchedules(temporal, app, config);
  };
  try {
    await Promise.all([
      provisionNats(nats, groups, config, log),
      provisionTemporal(),
      provisionTables(app, config, log),
    ]);
  } finally {
    await nats.close();
    await temporal.connection.close();
  }
}

/** A new table is granted at once: the roles' processes start after this. */
export async function provisionTables(app: LoadedApp, config: Config, log: Log): Promise<void> {
  const { DATABASE_OWNER_URL: owner, DATABASE_ROLE_PREFIX: prefix } = config;
  await migrate(owner, migrationsOf(app), log);
  await grantRights(owner, { prefix, tables: tablesOf(app), log });
}

export async function provisionNats(
  nats: Awaited<ReturnType<typeof connectNats>>,
  subscriptions: ReturnType<typeof sharedGroups>,
  config: Config,
  log: Log,
): Promise<void> {
  const settings = streamSettings(config);
  const groups = [{ name: config.BRIDGE_NAME }, ...subscriptions];
  const patience = startingPatience(log);
  if (config.PROVISION === 'check') return patience(() => checkStreams(nats, settings, groups));
  await provisionStreams(nats, settings, { groups, patience });
  await provisionConsumers(nats, groups, { ...settings, patience });
}

/** The workflows of schedules set search attributes, which must exist first. */
async function provisionSchedules(
  temporal: ReturnType<typeof createTemporalClient>,
  app: LoadedApp,
  config: Config,
): Promise<void> {
  const schedules = app.schedules?.(settingsIn(config)) ?? [];
  await Promise.all(schedules.map((schedule) => provisionSchedule(temporal, schedule)));
}
