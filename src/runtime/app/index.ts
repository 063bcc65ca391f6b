/** What a deployment declares: pools, schedules, plugins, hooks. `problems.ts` checks it. */
import type { PayloadCodec } from '@temporalio/common';
import type { Database, TableAccess } from '../../adapters/postgres';
import type { DispatchHook } from '../../bridge';
import type { Environment } from '../../config';
import type { Domain, SettingsOf } from '../../contracts';
import type { PersonalData } from '../../security/personal';
import type { Subscribed } from '../../subscriptions';
import type { DevRole } from '../dev-role';
import type { Pool } from './pool';
import type { GatewayPlugin, SeamParts, WorkersOptions } from './seams';

export { definePool } from './pool';
export type { Pool, PoolParts } from './pool';
export type { GatewayPlugin, SeamParts, WorkersOptions } from './seams';

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

/** One deployment. It alone names the domains and everything that belongs to them. */
export interface App {
  readonly domains: readonly Domain[];
  /** The worker pools by name: `sagaline run worker:<name>`. */
  readonly pools: Readonly<Record<string, Pool>>;
  /** Folders of SQL, relative to the configuration file, by the name under which their history is kept. */
  readonly migrations?: Readonly<Record<string, string>>;
  /**
   * What each role may do with the domains' tables, by schema or by table: a role that is not named may not even read.
   * It counts where each role has a login of its own (docs/postgres-security.md). Roles are `worker:<pool>`,
   * `subscriber`, `relay`, `gateway`, `bridge` and `operator`, which is the command line.
   *
   * @example
   * databaseAccess: {
   *   devices: { 'worker:devices': 'write', relay: 'read' },
   *   'devices.readings': { subscriber: 'append' },
   * },
   */
  readonly databaseAccess?: Readonly<Record<string, Readonly<Record<string, TableAccess>>>>;
  /** The handlers of the domains' subscriptions. */
  readonly subscriptions?: (parts: {
    readonly database: Database;
    /** Opens personal fields, with `PERSONAL_DATA_KEYS_FILE`. Without it, an encrypted field is a defect of the event. */
    readonly personal: Pick<PersonalData, 'open'>;
  }) => readonly Subscribed[];
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
