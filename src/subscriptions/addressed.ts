import type { Catalogue, EventContract, PublishedMessage, Subscription } from '../contracts';
import { routeAskedIn, subjectSpaceOf, subscriptionRoute } from '../contracts';

/** A redrive that asks for one route is for nobody else. */
export function isAddressed(headers: PublishedMessage['headers'], subscription: Subscription): boolean {
  const asked = routeAskedIn(headers);
  return asked === undefined || asked === subscriptionRoute(subscription);
}

/** The subject spaces of a subscription's events, in all versions that become one of them: `evt.orders.submitted.v1`. */
export function subjectSpacesOf({ events }: Subscription, catalogue: Catalogue): string[] {
  return [...new Set(events.flatMap((contract) => versions(contract, catalogue)))].map(subjectSpaceOf);
}

function versions({ type, upcast }: EventContract, catalogue: Catalogue): string[] {
  const older = upcast && catalogue.contractOf(upcast.from);
  return [type, ...(older ? versions(older, catalogue) : [])];
}
