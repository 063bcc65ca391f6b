import type { z } from 'zod';
import type { Endpoint } from './endpoint';
import type { EventContract } from './event';
import type { Reconciliation } from './reconciliation';
import type { Route, WorkflowDefinition } from './route';
import type { AnySubscription } from './subscription';
import type { Webhook } from './webhook';

/**
 * The routes, or a function that makes them from the domain's settings. It must be pure: the same settings give the
 * same routes.
 */
export type RoutesOf<Shape extends z.ZodRawShape> =
  readonly Route[] | { bivariant(settings: z.infer<z.ZodObject<Shape>>): readonly Route[] }['bivariant'];

/** Reads the settings of a domain in this process. */
export type SettingsOf = <Shape extends z.ZodRawShape>(domain: Domain<Shape>) => z.infer<z.ZodObject<Shape>>;

/** Everything that the engine needs to know about a domain. Pure: loading it opens no connection. */
export interface Domain<Shape extends z.ZodRawShape = z.ZodRawShape> {
  readonly name: string;
  /** Settings of its own, read from the environment; their names differ from those of every other domain. */
  readonly settings?: z.ZodObject<Shape>;
  readonly events: readonly EventContract[];
  readonly workflows: readonly WorkflowDefinition[];
  /** A function of the settings, if the routes depend on them: a threshold in a condition, the policy of a batch. */
  readonly routes: RoutesOf<Shape>;
  readonly webhooks: readonly Webhook[];
  readonly subscriptions?: readonly AnySubscription[];
  readonly endpoints?: readonly Endpoint[];
  readonly reconciliation?: Reconciliation;
}

/**
 * Declares a domain.
 *
 * @example
 * export const alerts = defineDomain({ name: 'alerts', events: [alertRaised], workflows: [alert], routes, webhooks: [] });
 * @example
 * // The routes depend on the settings.
 * export const alerts = defineDomain({
 *   name: 'alerts',
 *   settings: z.object({ WATCHED_PREFIX: z.string() }),
 *   events: [alertRaised],
 *   workflows: [alert],
 *   routes: ({ WATCHED_PREFIX }) =>
 *     defineRoutes({
 *       'alert-raised': route({
 *         event: alertRaised,
 *         condition: ({ data }) => data.deviceId.startsWith(WATCHED_PREFIX),
 *         workflow: alert,
 *         opens: true,
 *       }),
 *     }),
 *   webhooks: [],
 * });
 */
export function defineDomain<Shape extends z.ZodRawShape>(domain: Domain<Shape>): Domain<Shape> {
  return Object.freeze(domain);
}
