import type { Catalogue, DomainEvent, Route } from '../contracts';

/** The routes that an event takes: none, one or several. Pure. */
export function routesFor(event: DomainEvent, catalogue: Catalogue): readonly Route[] {
  return catalogue.routesOf(event.type).filter(({ condition }) => condition?.(event) ?? true);
}
