import type { Door } from './door';
import type { EventContract } from './event';
import type { Reconciliation } from './reconciliation';
import type { Route, WorkflowDefinition } from './route';
import type { Subscription } from './subscription';
import type { Webhook } from './webhook';

/** Everything that the engine needs to know of a domain. Pure: loading it opens no connection. */
export interface Domain {
  readonly name: string;
  readonly events: readonly EventContract[];
  readonly workflows: readonly WorkflowDefinition[];
  readonly routes: readonly Route[];
  readonly webhooks: readonly Webhook[];
  readonly subscriptions?: readonly Subscription[];
  readonly doors?: readonly Door[];
  readonly reconciliation?: Reconciliation;
}

export function defineDomain(domain: Domain): Domain {
  return Object.freeze(domain);
}
