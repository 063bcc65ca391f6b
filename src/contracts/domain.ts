import type { z } from 'zod';
import type { Door } from './door';
import type { EventContract } from './event';
import type { Reconciliation } from './reconciliation';
import type { Route, WorkflowDefinition } from './route';
import type { Subscription } from './subscription';
import type { Webhook } from './webhook';

/** Everything that the engine needs to know of a domain. Pure: loading it opens no connection. */
export interface Domain<Shape extends z.ZodRawShape = z.ZodRawShape> {
  readonly name: string;
  /** Settings of its own, read from the environment; their names differ from those of every other domain. */
  readonly settings?: z.ZodObject<Shape>;
  readonly events: readonly EventContract[];
  readonly workflows: readonly WorkflowDefinition[];
  readonly routes: readonly Route[];
  readonly webhooks: readonly Webhook[];
  readonly subscriptions?: readonly Subscription[];
  readonly doors?: readonly Door[];
  readonly reconciliation?: Reconciliation;
}

/**
 * Declares a domain.
 *
 * @example
 * export const alerts = defineDomain({ name: 'alerts', events: [alertRaised], workflows: [alert], routes, webhooks: [] });
 */
export function defineDomain<Shape extends z.ZodRawShape>(domain: Domain<Shape>): Domain<Shape> {
  return Object.freeze(domain);
}
