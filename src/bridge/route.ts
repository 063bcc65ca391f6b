import type { Catalogue, DomainEvent, Rejection, Route } from '../contracts';
import { routeAskedIn, subscriptionRoute } from '../contracts';
import type { Delivery } from '../delivery';

type Routing =
  | { readonly ok: true; readonly routes: readonly Route[] }
  | { readonly ok: false; readonly rejection: Rejection };

/** The routes that an event takes: none, one or several. A redriven event takes only the route that it asks for. Pure. */
export function routesFor(event: DomainEvent, headers: Delivery['headers'], catalogue: Catalogue): Routing {
  const routes = catalogue.routesOf(event.type).filter(({ condition }) => condition?.(event) ?? true);
  const asked = routeAskedIn(headers);
  if (asked === undefined) return { ok: true, routes };
  const route = routes.find(({ name }) => name === asked);
  if (route) return { ok: true, routes: [route] };
  if (catalogue.subscriptions.some((each) => subscriptionRoute(each) === asked))
    return { ok: true, routes: [] };
  const detail = `no route "${asked}" takes this ${event.type}`;
  return { ok: false, rejection: { reason: 'unknown-route', detail } };
}
