import type { Domain, EventContract } from '../../src/contracts';
import { createCatalogue } from '../../src/contracts';
import type { Way } from './cells';
import { waysOf } from './cells';

const [TAKEN, REFUSED] = ['taken', '–'];

/** The page with the ways into a secured deployment: one row for each way that takes an event, and one for the others. */
export function accessPage(domains: readonly Domain[]): string {
  const contracts = createCatalogue(domains).contracts;
  const ways = waysOf(domains);
  const open = ways.filter(({ takes }) => contracts.some(takes));
  const closed = ways.filter((way) => !open.includes(way));
  return `<!-- Made by scripts/access-page.mjs: change the origins of the contracts, not this file. -->

# Who gets which event in

What becomes of an event of each type on each way into a secured deployment ([security.md](../security.md)). The table is made from
the functions that decide: origins, scopes, permissions of NATS. \`npm run test:security\` tries the ways through the gateway against a
running one.

${tableOf(contracts, open)}

A user of NATS may write any source into an event of these types. The bridge and the subscriptions check the source, and the workflow
asks the provider.

These ways take no event at all:

${closed.map(({ name }) => `- ${name}`).join('\n')}
`;
}

function tableOf(contracts: readonly EventContract[], ways: readonly Way[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rows = contracts.map((contract) =>
    line([nameOf(contract), ...ways.map(({ takes }) => (takes(contract) ? TAKEN : REFUSED))]),
  );
  const headings = ['event', ...ways.map(({ name }) => name)];
  return [line(headings), line(headings.map(() => '---')), ...rows].join('\n');
}

/** `orders.submitted.v1` of its type. */
function nameOf({ type }: EventContract): string {
  return type.split('.').slice(-3).join('.');
}
