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

/** What the activities of a pool are made of. */
export interface PoolParts<Shape extends z.ZodRawShape = z.ZodRawShape> {
  /** The settings of the pool's domain. */
  readonly settings: z.infer<z.ZodObject<Shape>>;
  readonly database: Database;
  readonly temporal: Client;
  readonly registry: Registry;
  readonly log: Log;
  /** @throws Error for a provider that the pool does not list */
  readonly provider: (name: string) => ProviderSettings;
  /** Puts what a reconciliation has found into the log and the metrics. */
  readonly report: (report: ReconciliationReport) => void;
}

/**
 * Workers that serve one task queue: a capability's activities, workflows, or both.
 *
 * `POOL_<NAME>_ACTIVITIES_PER_SECOND` limits the activities of a pool, however many workers it has: Temporal applies the
 * limit where it gives the tasks out. Each poll carries the limit of its worker, and the last one wins
 * (`maxTaskQueueActivitiesPerSecond` in the SDK's `worker-options.ts`): all workers of a pool need the same setting. What
 * follows is from the server's `service/matching/ratelimit_manager.go`:
 *
 * - each partition of the queue gets an equal part of the limit: a queue of four, a cluster's default, reaches it only
 *   with tasks and polls in all of them;
 * - a second's worth may go out at once after a pause, one in each partition at least;
 * - the first limit that a partition receives holds at once, a change of it within a minute;
 * - a limit that is set on the queue itself (`temporal task-queue config set`) goes before that of the workers.
 *
 * It counts attempts, retries among them. It does not hold for workflow tasks, nor for local activities: the steps of
 * a workflow on its own pool's tables are limited only where they are tried again as ordinary ones.
 */
export interface Pool<Shape extends z.ZodRawShape = z.ZodRawShape> {
  /** The domain whose settings its activities get. */
  readonly domain: Domain<Shape>;
  readonly taskQueue: string;
  /** Folder of the pool's workflows, from the folder of the configuration file; without it the pool runs activities only. */
  readonly workflows?: string;
  /** The providers that its activities call, those of the capabilities that it places among them. */
  readonly providers?: readonly string[];
  /**
   * Capabilities of other pools whose steps run here for the workflows of this pool, those on the database as local activities.
   * A saga keeps the placement with which it began; the other pool goes on running for those that began without
   * (docs/saga.md, "Placement").
   *
   * @example
   * places: [oncall],
   */
  readonly places?: readonly Capability[];
  /**
   * Name of the database on which its steps work, where `DATABASE_URL` of its processes is another than that of the other pools.
   * Capabilities are placed only with pools of the same database. Default: `main`
   */
  readonly database?: string;
  // A method: a pool with one domain's settings is a pool.
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

/** What the code of a deployment gets where it runs within a process of the engine. */
export interface SeamParts {
  readonly settingsOf: SettingsOf;
  /** Metrics that are registered here are in the process's `/metrics`. */
  readonly registry: Registry;
  readonly log: Log;
}

/**
 * A Fastify plugin of the gateway. Its hooks hold for the routes of all plugins behind it and for the engine's own, health and
 * metrics excepted.
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
   * Modules, from the folder of the configuration file, each of which exports `interceptors`, Temporal's `WorkflowInterceptorsFactory`.
   * They are bundled with the workflows of each pool, and are workflow code: a change of them may break the replay of histories.
   */
  readonly workflowInterceptors?: readonly string[];
  /** For workflow interceptors and workflows; their names differ from the engine's `sagalineSignals`. */
  readonly sinks?: (parts: SeamParts) => InjectedSinks<Sinks>;
}

/** One deployment: the only thing that names the domains, and all that belongs to them. */
export interface App {
  readonly domains: readonly Domain[];
  /** The worker pools by name: `sagaline run worker:<name>`. */
  readonly pools: Readonly<Record<string, Pool>>;
  /** Folders of SQL, from the folder of the configuration file, by the name under which their history is kept. */
  readonly migrations?: Readonly<Record<string, string>>;
  /** The handlers of the domains' subscriptions. */
  readonly subscriptions?: (parts: { readonly database: Database }) => readonly Subscribed[];
  /** Plugins of the HTTP gateway, loaded in this order before it listens. */
  readonly gateway?: { readonly plugins: readonly GatewayPlugin[] };
  /**
   * Makes the hook around each attempt at handing an event to Temporal, once, when a bridge starts.
   *
   * @example
   * dispatch: () => async (event, route, next) =>
   *   suspended.has(event.source) ? { kind: 'vetoed', detail: `${event.source} is suspended` } : next(),
   */
  readonly dispatch?: (parts: SeamParts) => DispatchHook;
  /**
   * Codecs of Temporal's payloads, such as one that encrypts them: of every client, worker and replay of the deployment. Encoded in
   * this order, decoded in the reverse order. They are part of the deployment: all its processes need the same ones.
   *
   * @example
   * payloadCodecs: [createEncryption(keys)],
   */
  readonly payloadCodecs?: readonly PayloadCodec[];
  /**
   * @example
   * workers: { activityInterceptors: ({ log }) => [timing(log)], workflowInterceptors: ['workflows/interceptors.ts'] },
   */
  readonly workers?: WorkersOptions;
  readonly schedules?: (settingsOf: SettingsOf) => readonly Schedule[];
  /**
   * Which of these correlation keys belong to a process that is still open: the rows by which its steps are done once are kept.
   * Temporal is asked as well; without this, Temporal alone.
   */
  readonly openProcesses?: (database: Database, keys: readonly string[]) => Promise<Iterable<string>>;
  /** What the local stack adds. Not used in production. */
  readonly dev?: {
    /** Processes beside the engine's, such as a sandbox of the providers, by name. */
    readonly roles?: Readonly<Record<string, DevRole>>;
    /** Defaults of settings outside of production, laid under those that are given. */
    readonly presets?: (given: Environment) => Readonly<Record<string, string>>;
    /**
     * Modules, from the folder of the configuration file, whose default exports `sagaline start` calls when all is up. They are no
     * part of a build. The seed fills stores, for a first event to meet what it needs; it is called at each start. The tour
     * shows a newcomer what the project does; `--no-tour` leaves it out.
     */
    readonly seed?: string;
    readonly tour?: string;
  };
}

/** An app with the folder of its configuration file. */
export interface LoadedApp extends App {
  readonly root: string;
  /** The configuration file, where it was loaded from one. */
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
