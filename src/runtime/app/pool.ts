import type { Client } from '@temporalio/client';
import type { Registry } from 'prom-client';
import type { z } from 'zod';
import type { Database } from '../../adapters/postgres';
import type { ProviderSettings } from '../../config';
import type { PersonalData } from '../../security/personal';
import type { Capability, Domain, Log, ReconciliationReport } from '../../contracts';

/** What `Pool.activities` gets, to make the activities of a pool. */
export interface PoolParts<Shape extends z.ZodRawShape = z.ZodRawShape> {
  /** The settings of the pool's domain. */
  readonly settings: z.infer<z.ZodObject<Shape>>;
  readonly database: Database;
  /** Opens personal fields, which events and inputs of activities hold encrypted. */
  readonly personal: PersonalData;
  readonly temporal: Client;
  readonly registry: Registry;
  readonly log: Log;
  /** Settings of one of the pool's providers. @throws Error for a provider that the pool does not list */
  readonly provider: (name: string) => ProviderSettings;
  /** Writes the findings of a reconciliation to the log and the metrics. */
  readonly report: (report: ReconciliationReport) => void;
}

/**
 * Workers that serve one task queue: the activities of a capability, workflows, or both.
 *
 * `POOL_<NAME>_ACTIVITIES_PER_SECOND` limits the activities of a pool, however many workers it has: Temporal applies the limit
 * when it hands out tasks. Each poll carries the limit of its worker, and the last one wins (`maxTaskQueueActivitiesPerSecond` in
 * the SDK's `worker-options.ts`), so all workers of a pool need the same setting. The following is from the server's
 * `service/matching/ratelimit_manager.go`:
 *
 * - Each partition of the queue gets an equal part of the limit. A queue with four partitions, a cluster's default, reaches the
 *   limit only when all four have tasks and polls.
 * - After a pause, the tasks of one second may go out at once, at least one in each partition.
 * - The first limit that a partition receives applies at once, a change of it within a minute.
 * - A limit that is set on the queue itself (`temporal task-queue config set`) takes precedence over that of the workers.
 *
 * The limit counts attempts, retries included. It does not apply to workflow tasks or to local activities: the steps of a
 * workflow on its own pool's tables are limited only when they are retried as ordinary activities.
 */
export interface Pool<Shape extends z.ZodRawShape = z.ZodRawShape> {
  /** The domain whose settings its activities get. */
  readonly domain: Domain<Shape>;
  readonly taskQueue: string;
  /** Folder of the pool's workflows, relative to the configuration file. Without it the pool runs activities only. */
  readonly workflows?: string;
  /**
   * The contexts whose events its steps publish: `inventory` for `…inventory.stock-reserved.v1`. It counts where each
   * process has a login of its own in PostgreSQL (docs/postgres-security.md): the relay sets other events of the pool
   * aside. A pool that places a capability also publishes what the capability's own pool does.
   *
   * @example
   * publishes: ['oncall'],
   */
  readonly publishes?: readonly string[];
  /** The providers that its activities call, including the activities of the capabilities that it places. */
  readonly providers?: readonly string[];
  /**
   * Capabilities of other pools whose steps run here for the workflows of this pool. Their steps on the database run as local
   * activities. A saga keeps the placement with which it began; the other pool keeps running for sagas that began without the
   * placement (docs/saga.md, "Placement").
   *
   * @example
   * places: [oncall],
   */
  readonly places?: readonly Capability[];
  /**
   * Name of the database on which its steps work. Set it where `DATABASE_URL` of the pool's processes differs from that of the
   * other pools. A pool can only place capabilities of pools with the same database. Default: `main`
   */
  readonly database?: string;
  // A method, so that a pool with the settings of one domain is assignable to `Pool`.
  activities(parts: PoolParts<Shape>): object;
}

/**
 * Declares a pool, its activities typed by the settings of its domain.
 *
 * @example
 * export const oncallPool = definePool({
 *   domain: devices,
 *   taskQueue: 'oncall',
 *   providers: ['pager'],
 *   activities: ({ settings, provider }) => createOncallActivities(provider('pager'), settings.ALERT_LEVELS),
 * });
 */
export function definePool<Shape extends z.ZodRawShape>(pool: Pool<Shape>): Pool<Shape> {
  return Object.freeze(pool);
}
