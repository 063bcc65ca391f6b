import type { AnySubscription, Catalogue, EventContract, PublishedMessage } from '../contracts';
import { routeAskedIn, subjectSpaceOf, subscriptionRoute } from '../contracts';

/** Whether an event is for this subscription. A redrive that names a route is for that route only. */
export function isAddressed(headers: PublishedMessage['headers'], subscription: AnySubscription): boolean {
  const asked = routeAskedIn(headers);
  return asked === undefined || asked === subscriptionRoute(subscription);
}

/**
 * The subject spaces of a subscription's events and of the older versions that are upcast to them, such as
 * `evt.orders.submitted.v1`.
 */
export function subjectSpacesOf({ events }: AnySubscription, catalogue: Catalogue): string[] {
  return [...new Set(events.flatMap((contract) => versions(contract, catalogue)))].map(subjectSpaceOf);
}

function versions({ type, upcast }: EventContract, catalogue: Catalogue): string[] {
  const older = upcast && catalogue.contractOf(upcast.from);
  return [type, ...(older ? versions(older, catalogue) : [])];
}
