import type { RoutedDomain } from './catalogue';
import type { EventContract } from './event';
import type { Origin } from './origin';
import { isReserved, originOf } from './origin';

/** A URI reference without spaces, or one with `/*` behind it. (`*` is allowed in a URI, and nobody uses it.) */
const PATTERN = /^[^\s*]*[^\s*/](\/\*)?$/u;

/** What is wrong with the origin of one contract by itself. */
export function originProblems(origin: Origin): string[] {
  if (origin.kind !== 'external' || !origin.sources) return [];
  if (origin.sources.length === 0)
    return ['`sources` is empty, so that nobody may publish it; name a source, or drop `sources`'];
  return origin.sources.flatMap((pattern) => {
    if (!PATTERN.test(pattern))
      return [`its source "${pattern}" is malformed; write a source, or \`/*\` behind one: /sensors/*`];
    return isReserved(pattern) ? [`its source "${pattern}" is reserved for the project; name another`] : [];
  });
}

/** What is wrong with the origins of all domains together. */
export function catalogueOriginProblems(domains: readonly RoutedDomain[]): string[] {
  const contracts = domains.flatMap(({ events }) => events);
  const webhooks = domains.flatMap((domain) => domain.webhooks.map(({ provider }) => provider));
  const named = new Set(contracts.map(providerOf));
  return [
    ...contracts.flatMap((contract) => contractProblems(contract, webhooks, contracts)),
    // What a webhook makes is known only when it is called. Here it is known that the gateway would refuse all of it.
    ...webhooks
      .filter((provider) => !named.has(provider))
      .map(
        (provider) =>
          `webhook "${provider}": no event has the origin fromProvider('${provider}'), so that all of its events would be refused; give it to those that it makes`,
      ),
  ];
}

function contractProblems(
  contract: EventContract,
  webhooks: readonly string[],
  contracts: readonly EventContract[],
): string[] {
  const problems: string[] = [];
  const provider = providerOf(contract);
  if (provider !== undefined && !webhooks.includes(provider))
    problems.push(
      `its origin is the provider "${provider}", which has no webhook; declare the webhook, or give the event another origin`,
    );
  const older = contracts.find(({ type }) => type === contract.upcast?.from);
  if (older && textOf(older) !== textOf(contract))
    problems.push(
      `its origin is not that of ${older.type}, which becomes this event; give both the same origin`,
    );
  return problems.map((problem) => `event ${contract.type}: ${problem}`);
}

function providerOf(contract: EventContract): string | undefined {
  const origin = originOf(contract);
  return origin.kind === 'provider' ? origin.provider : undefined;
}

/** Without the publisher's name, which is for the docs. */
function textOf(contract: EventContract): string {
  const origin = originOf(contract);
  return JSON.stringify(
    origin.kind === 'external' ? [origin.kind, [...(origin.sources ?? [])].sort()] : origin,
  );
}
