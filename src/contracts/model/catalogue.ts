import { errorMessage } from '../names/error-message';
import { readData } from './data';
import { domainShapeProblems, routesShapeProblems } from './domain-shape';
import type { Domain, SettingsOf } from './domain';
import type { Endpoint } from './endpoint';
import { endpointProblems } from './endpoint';
import type { DomainEvent, EventContract } from './event';
import { InvalidConfigError } from './invalid-config';
import { catalogueOriginProblems } from './origin-problems';
import type { Rejection } from '../names/reasons';
import type { Route } from './route';
import { routeProblems } from './route-problems';
import { eventFamily, parseEventType, subjectSpaceOf } from '../names/subject';
import type { AnySubscription } from './subscription';
import { subscriptionProblems } from './subscription';
import type { Webhook } from './webhook';

/** Everything that the loaded domains declare, checked for contradictions and ready for look-ups. */
export interface Catalogue {
  readonly contracts: readonly EventContract[];
  readonly routes: readonly Route[];
  contractOf(type: string): EventContract | undefined;
  /** The known types which differ from this one in the major version only. */
  versionsOf(type: string): readonly string[];
  routesOf(type: string): readonly Route[];
  readonly subscriptions: readonly AnySubscription[];
  readonly endpoints: readonly Endpoint[];
  webhookOf(provider: string): Webhook | undefined;
  /** The providers whose webhooks the domains take. */
  readonly providers: readonly string[];
  /** Brings an event to the newest version that its chain of upcasters reaches. */
  upcast(event: DomainEvent, contract: EventContract): Upcast;
}

type Upcast =
  { readonly ok: true; readonly event: DomainEvent } | { readonly ok: false; readonly rejection: Rejection };

const NO_ROUTES: readonly Route[] = [];

/** A domain whose routes are known. */
export type RoutedDomain = Omit<Domain, 'routes'> & { readonly routes: readonly Route[] };

/**
 * Checks the domains against each other, and makes the catalogue of them.
 *
 * @param settingsOf called only for domains whose routes depend on their settings
 * @throws InvalidConfigError naming every contradiction
 */
export function createCatalogue(
  declared: readonly Domain[],
  settingsOf: SettingsOf = withoutSettings,
): Catalogue {
  const shapes = declared.flatMap((domain, at) => domainShapeProblems(domain, at));
  if (shapes.length > 0) throw new InvalidConfigError(shapes);
  const domains = declared.map((domain) => routed(domain, settingsOf));
  const contracts = domains.flatMap(({ events }) => events);
  const routes = domains.flatMap((domain) => domain.routes);
  const webhooks = domains.flatMap((domain) => domain.webhooks);
  const subscriptions = domains.flatMap((domain) => domain.subscriptions ?? []);
  const endpoints = domains.flatMap((domain) => domain.endpoints ?? []);
  const problems = [
    ...subjectProblems(domains),
    ...repeated(webhooks.map(({ provider }) => provider)).map(
      (name) => `two webhooks for the provider "${name}"; take one of them out`,
    ),
    ...repeated(domains.map(({ name }) => name)).map(
      (name) => `two domains are called "${name}"; rename one of them`,
    ),
    ...idProblems(domains),
    ...repeated(routes.map(({ name }) => name)).map(
      (name) => `route "${name}": another route has this name; rename one of them`,
    ),
    ...domains.flatMap(routeProblems),
    ...domains.flatMap(endpointProblems),
    ...catalogueOriginProblems(domains),
    ...repeated(endpoints.map(({ path }) => path)).map(
      (path) => `two endpoints are at ${path}; move one of them`,
    ),
    ...repeated(subscriptions.map(({ name }) => name)).map(
      (name) => `two subscriptions are called "${name}"; rename one of them`,
    ),
    ...subscriptions.flatMap((each) => subscriptionProblems(each, contracts)),
  ];
  if (problems.length > 0) throw new InvalidConfigError(problems);

  const byType = new Map(contracts.map((contract) => [contract.type, contract]));
  const newer = new Map(
    contracts.flatMap((contract) => (contract.upcast ? [[contract.upcast.from, contract] as const] : [])),
  );
  const routesByType = new Map(
    contracts.map(({ type }) => [type, routes.filter(({ event }) => event.type === type)]),
  );

  return {
    contracts,
    routes,
    subscriptions,
    endpoints,
    contractOf: (type) => byType.get(type),
    versionsOf: (type) => {
      const parsed = parseEventType(type);
      return parsed ? contracts.map((known) => known.type).filter((known) => sameFamily(known, parsed)) : [];
    },
    routesOf: (type) => routesByType.get(type) ?? NO_ROUTES,
    webhookOf: (provider) => webhooks.find((webhook) => webhook.provider === provider),
    providers: webhookProviders(domains),
    upcast: (event, contract) => upcast(event, contract, newer),
  };
}

/** The providers whose webhooks the domains take. */
export function webhookProviders(domains: readonly Pick<Domain, 'webhooks'>[]): readonly string[] {
  return domains.flatMap(({ webhooks }) => webhooks.map(({ provider }) => provider));
}

function routed(domain: Domain, settingsOf: SettingsOf): RoutedDomain {
  const { routes, name } = domain;
  const made: unknown = typeof routes === 'function' ? madeOf(domain, routes, settingsOf(domain)) : routes;
  const problems = routesShapeProblems(name, made);
  if (problems.length > 0) throw new InvalidConfigError(problems);
  return { ...domain, routes: made as readonly Route[] };
}

function madeOf<Settings>(
  { name }: Domain,
  routes: (settings: Settings) => unknown,
  settings: Settings,
): unknown {
  try {
    return routes(settings);
  } catch (error) {
    const why = errorMessage(error);
    throw new InvalidConfigError([`domain "${name}": its routes cannot be made of its settings: ${why}`], {
      cause: error,
    });
  }
}

function withoutSettings({ name }: Domain): never {
  throw new Error(`the routes of domain "${name}" depend on its settings, which were not given`);
}

/** Two events must not have the same subject, and only one domain may declare an event. */
function subjectProblems(domains: readonly RoutedDomain[]): string[] {
  const claims = domains.flatMap(({ name, events }) =>
    events.map(({ type }) => ({ space: subjectSpaceOf(type), claim: `${type} of domain "${name}"` })),
  );
  return repeated(claims.map(({ space }) => space)).map((space) => {
    const claimants = claims.filter((claim) => claim.space === space).map(({ claim }) => claim);
    return `two events have the subject ${space}: ${claimants.join(', ')}; one of them needs another name`;
  });
}

/** Workflow ids are `<name>-<key>`. They could collide if one name is another name followed by a hyphen and more. */
function idProblems(domains: readonly RoutedDomain[]): string[] {
  const names = domains.flatMap(({ workflows }) => workflows.map(({ name }) => name));
  return [
    ...repeated(names).map(
      (name) => `two workflows are called "${name}": their ids would collide; rename one of them`,
    ),
    ...names.flatMap((name) =>
      names
        .filter((other) => other.startsWith(`${name}-`))
        .map(
          (other) => `the workflows "${name}" and "${other}": their ids could collide; rename one of them`,
        ),
    ),
  ];
}

function upcast(
  event: DomainEvent,
  contract: EventContract,
  newer: ReadonlyMap<string, EventContract>,
): Upcast {
  const next = newer.get(contract.type);
  if (!next?.upcast) return { ok: true, event };
  const refuse = (detail: string, path = 'data'): Upcast => ({
    ok: false,
    rejection: { reason: 'invalid-data', detail: `upcast to ${next.type}: ${detail}`, path },
  });
  let newerData: unknown;
  try {
    newerData = next.upcast.data(event.data);
  } catch (error) {
    return refuse(errorMessage(error));
  }
  const reading = readData({ ...next, unknownFields: 'refused' }, newerData);
  if (!reading.ok) return refuse(reading.rejection.detail, reading.rejection.path);
  return upcast({ ...event, type: next.type, data: reading.data }, next, newer);
}

function sameFamily(type: string, other: Parameters<typeof eventFamily>[0]): boolean {
  const parsed = parseEventType(type);
  return parsed !== undefined && eventFamily(parsed) === eventFamily(other);
}

function repeated(names: readonly string[]): string[] {
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
}
