import type { ActivityInterceptorsFactory, InjectedSinks } from '@temporalio/worker';
import type { Sinks } from '@temporalio/workflow';
import type { FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';
import type { Log, SettingsOf } from '../../contracts';

/** What the code of a deployment gets when it runs within a process of the engine. */
export interface SeamParts {
  readonly settingsOf: SettingsOf;
  /** Metrics registered here appear in the `/metrics` of the process. */
  readonly registry: Registry;
  readonly log: Log;
}

/**
 * A Fastify plugin of the gateway. Its hooks apply to the routes of all later plugins and to the engine's own routes, after the
 * check of bearer tokens. `request.principal` is whose token it is. Health and metrics have a port of their own.
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
