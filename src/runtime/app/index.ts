/** What a deployment declares: pools, schedules, plugins, hooks. `problems.ts` checks it. */
import type { Client } from '@temporalio/client';
import type { PayloadCodec } from '@temporalio/common';
import type { ActivityInterceptorsFactory, InjectedSinks } from '@temporalio/worker';
import type { Sinks } from '@temporalio/workflow';
import type { FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';
import type { z } from 'zod';
import type { Database } from '../../adapters/postgres';
import type { DispatchHook } from '../../bridge';
import type { Environment, ProviderSettings } from '../../config';
import type { Capability, Domain, Log, ReconciliationReport, SettingsOf } from '../../contracts';
import type { Subscribed } from '../../subscriptions';
import type { DevRole } from '../dev-role';

/** What `Pool.activities` gets, to make the activities of a pool. */
export interface PoolParts<Shape extends z.ZodRawShape = z.ZodRawShape> {
  /** The settings of the pool's domain. */
  readonly settings: z.infer<z.ZodObject<Shape>>;
  readonly database: Database;
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

/** A workflow that Temporal starts at intervals, one at a time. */
export interface Schedule {
  readonly scheduleId: string;
  readonly workflow: string;
  readonly taskQueue: string;
  readonly everyMs: number;
  /** What the Temporal UI shows beside the id. */
  readonly summary: string;
  /** Value of the search attribute `SagaState` until the workflow sets its own. */
  readonly initialState: string;
}

/** What the code of a deployment gets when it runs within a process of the engine. */
export interface SeamParts {
  readonly settingsOf: SettingsOf;
  /** Metrics registered here appear in the `/metrics` of the process. */
  readonly registry: Registry;
  readonly log: Log;
}

/**
 * A Fastify plugin of the gateway. Its hooks apply to the routes of all later plugins and to the engine's own routes, except
 * health and metrics.
 *
 * @example
 * const authenticate: GatewayPlugin = async (fastify, { settingsOf }) => {
 *   const { API_TOKEN } = settingsOf(devices);
 *   fastify.addHook('onRequest', async ({ headers }) => {
 *     if (headers.authorization !== `Bearer ${API_TOKEN}`) throw Object.assign(new Error('no such token'), { statusCode: 401 });
 *   });
 * };
 */
export type GatewayPlugin = (fastify: FastifyInstance, parts: SeamParts) => void | Promise<void>;

/** What the workers of all pools have besides their activities and workflows. */
export interface WorkersOptions {
  /** Temporal's interceptors of activities, made once when a worker starts; the first is the outermost. */
  readonly activityInterceptors?: (parts: SeamParts) => readonly ActivityInterceptorsFactory[];
  /**
   * Modules, relative to the configuration file, that each export `interceptors`, Temporal's `WorkflowInterceptorsFactory`. They
   * are bundled with the workflows of each pool and are workflow code: a change of them may break the replay of histories.
   */
  readonly workflowInterceptors?: readonly string[];
  /** Sinks for workflow interceptors and workflows. Their names must differ from the engine's `sagalineSignals`. */
  readonly sinks?: (parts: SeamParts) => InjectedSinks<Sinks>;
}

/** One deployment. It alone names the domains and everything that belongs to them. */
export interface App {
  readonly domains: readonly Domain[];
  /** The worker pools by name: `sagaline run worker:<name>`. */
  readonly pools: Readonly<Record<string, Pool>>;
  /** Folders of SQL, relative to the configuration file, by the name under which their history is kept. */
  readonly migrations?: Readonly<Record<string, string>>;
  /** The handlers of the domains' subscriptions. */
  readonly subscriptions?: (parts: { readonly database: Database }) => readonly Subscribed[];
  /** Plugins of the HTTP gateway, loaded in this order before it listens. */
  readonly gateway?: { readonly plugins: readonly GatewayPlugin[] };
  /**
   * Makes the hook that runs around each attempt to dispatch an event to Temporal. Called once, when a bridge starts.
   *
   * @example
   * dispatch: () => async (event, route, next) =>
   *   suspended.has(event.source) ? { kind: 'vetoed', detail: `${event.source} is suspended` } : next(),
   */
  readonly dispatch?: (parts: SeamParts) => DispatchHook;
  /**
   * Codecs of Temporal's payloads, such as one that compresses them, for every client, worker and replay of the deployment.
   * Payloads are encoded in this order and decoded in the reverse order. All processes of a deployment need the same codecs.
   * The engine's own encryption (`PAYLOAD_KEYS_FILE`) comes behind them.
   *
   * @example
   * payloadCodecs: [createCompression()],
   */
  readonly payloadCodecs?: readonly PayloadCodec[];
  /**
   * @example
   * workers: { activityInterceptors: ({ log }) => [timing(log)], workflowInterceptors: ['workflows/interceptors.ts'] },
   */
  readonly workers?: WorkersOptions;
  readonly schedules?: (settingsOf: SettingsOf) => readonly Schedule[];
  /**
   * Returns those of the correlation keys whose process is still open. The engine keeps the rows that make the steps of these
   * processes run once. Temporal is asked as well; without this function, Temporal alone.
   */
  readonly openProcesses?: (database: Database, keys: readonly string[]) => Promise<Iterable<string>>;
  /** Additions for the local stack. Not used in production. */
  readonly dev?: {
    /** Processes beside the engine's, such as a sandbox of the providers, by name. */
    readonly roles?: Readonly<Record<string, DevRole>>;
    /** Defaults of settings outside of production; settings that are given take precedence. */
    readonly presets?: (given: Environment) => Readonly<Record<string, string>>;
    /**
     * Modules, relative to the configuration file, whose default exports `sagaline start` calls when everything is up. They are
     * not part of a build. The seed fills stores with what a first event needs, at each start. The tour shows a newcomer what the
     * project does; `--no-tour` leaves it out.
     */
    readonly seed?: string;
    readonly tour?: string;
  };
}

/** An app with the folder of its configuration file. */
export interface LoadedApp extends App {
  readonly root: string;
  /** The configuration file, if the app was loaded from one. */
  readonly file?: string;
}

/**
 * Declares a deployment; `sagaline.config.ts` exports it as its default.
 *
 * @example
 * export default defineConfig({
 *   domains: [devices],
 *   pools: { oncall },
 *   migrations: { devices: 'activities/migrations' },
 * });
 */
export function defineConfig(app: App): App {
  return Object.freeze(app);
}
