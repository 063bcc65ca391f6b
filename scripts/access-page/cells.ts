import type { RolePermissions } from '../../src/adapters/nats';
import { NATS_ROLES, permissionsOf } from '../../src/adapters/nats';
import type { Catalogue, Domain, EventContract } from '../../src/contracts';
import {
  createCatalogue,
  endpointSource,
  originOf,
  originProblem,
  providerSource,
  publisherProblem,
  sourceFor,
  subjectSpaceOf,
} from '../../src/contracts';
import { natsAccessOf } from '../../src/keys';
import type { Scope } from '../../src/security/tokens/principal';
import { SCOPES } from '../../src/security/tokens/principal';

/**
 * Who gets an event of each type into a secured deployment: asked of the functions that the gateway, the outbox and the
 * consumers of the stream apply, and of the permissions that `sagaline keys` writes.
 */

/** A way in, by the name that the page gives it. */
export interface Way {
  readonly name: string;
  readonly takes: (contract: EventContract) => boolean;
}

/** The scopes that the routes ask for; the suite of attacks tries each of them. */
const ROUTES = { events: 'events:publish', endpoints: 'endpoints:submit' } as const;

/** A publisher whose events name no source. */
const PUBLISHER = '/publisher';
/** Any key: permissions are the same for all. */
const KEY = 'key';

/** @param scope of the token; `undefined` without a token */
export function takesEvent(contract: EventContract, scope: Scope | undefined): boolean {
  return scope === ROUTES.events && !publisherProblem({ source: sourceOf(contract) }, contract);
}

/** @param scope of the token; `undefined` without a token */
export function takesRequest(
  { endpoints }: Catalogue,
  contract: EventContract,
  scope: Scope | undefined,
): boolean {
  const endpoint = endpoints.find(({ event }) => event.type === contract.type);
  if (!endpoint || scope !== ROUTES.endpoints) return false;
  return !originProblem({ source: endpointSource(endpoint) }, contract, endpoints);
}

export function waysOf(domains: readonly Domain[]): readonly Way[] {
  const catalogue = createCatalogue(domains);
  const access = natsAccessOf(catalogue, { BRIDGE_NAME: 'bridge', nats: { url: '' } });
  const permissions = permissionsOf(access);
  const scopes = [undefined, ...SCOPES];
  const token = (scope?: Scope) => (scope === undefined ? 'no token' : `\`${scope}\``);
  return [
    ...scopes.map((scope) => ({
      name: `\`POST /events\`, ${token(scope)}`,
      takes: (contract: EventContract) => takesEvent(contract, scope),
    })),
    ...scopes.map((scope) => ({
      name: `endpoint, ${token(scope)}`,
      takes: (contract: EventContract) => takesRequest(catalogue, contract, scope),
    })),
    ...catalogue.providers.map((provider) => ({
      name: `signed webhook of ${provider}`,
      takes: (contract: EventContract) =>
        originOf(contract).kind === 'provider' &&
        !originProblem({ source: providerSource(provider) }, contract),
    })),
    { name: 'webhook without its signature', takes: () => false },
    ...NATS_ROLES.map((role) => ({
      name: `NATS, user \`${role}\``,
      takes: (contract: EventContract) =>
        mayPublish(permissions[role], `${subjectSpaceOf(contract.type)}.${KEY}`),
    })),
    // `PAYLOAD_ENCRYPTION=require`: only what our keys have sealed.
    { name: "somebody's Temporal signal", takes: () => false },
  ];
}

function sourceOf(contract: EventContract): string {
  return originOf(contract).kind === 'external' ? sourceFor(contract, PUBLISHER) : PUBLISHER;
}

function mayPublish({ publish: { allow, deny = [] } }: RolePermissions, subject: string): boolean {
  const covers = (pattern: string) => isCovered(subject.split('.'), pattern.split('.'));
  return allow.some(covers) && !deny.some(covers);
}

/** As NATS does it: `*` is one word, `>` is all further ones. */
function isCovered(words: readonly string[], pattern: readonly string[]): boolean {
  const [first] = pattern;
  if (first === '>') return words.length > 0;
  if (first === undefined || words.length === 0) return first === undefined && words.length === 0;
  return (first === '*' || first === words[0]) && isCovered(words.slice(1), pattern.slice(1));
}
