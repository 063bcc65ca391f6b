import type { EventContract, Rejection } from '../contracts';
import {
  endpointSource,
  internalSource,
  originOf,
  originProblem,
  providerSource,
  publisherProblem,
  sourceFor,
} from '../contracts';
import type { DescribedEvent } from './described';

/** Who publishes an event, in a few words. */
export function publisherInWords({ contract }: DescribedEvent): string {
  const origin = originOf(contract);
  switch (origin.kind) {
    case 'external':
      return origin.publisher;
    case 'provider':
      return `${origin.provider}, by webhook`;
    case 'internal':
      return 'the project itself';
  }
}

/** The origin of an event, with the sources that it may have. */
export function originInWords(event: DescribedEvent): string {
  const { contract, endpoints } = event;
  const origin = originOf(contract);
  switch (origin.kind) {
    case 'external': {
      const sources = origin.sources?.map(code).join(', ') ?? 'every source that is not reserved';
      const own = endpoints.map((path) => `, ${code(endpointSource({ path }))} from the endpoint`).join('');
      return `external, ${origin.publisher}; sources: ${sources}${own}`;
    }
    case 'provider':
      return `the webhook of ${origin.provider}; source: ${code(providerSource(origin.provider))}`;
    case 'internal':
      return `internal; sources: ${code(internalSource('<context>'))}`;
  }
}

/** The name that an example's publisher has. */
const PUBLISHER = '/publisher';
/** A provider and a context that own no event of any project. */
const OTHERS = { provider: providerSource('another'), context: internalSource('any') };

/** Asked of the rules that the gateway, the outbox and the consumers of the stream apply. */
const WAYS: Readonly<Record<string, (event: DescribedEvent) => boolean>> = {
  '`POST /events`': ({ contract }) => isTaken(publisherProblem({ source: publisherOf(contract) }, contract)),
  endpoint: ({ contract, endpoints }) =>
    endpoints.length > 0 && isTaken(publisherProblem({ source: publisherOf(contract) }, contract)),
  'its webhook': ({ contract }) => {
    const source = sourceFor(contract, PUBLISHER);
    return originOf(contract).kind === 'provider' && isTaken(originProblem({ source }, contract));
  },
  "another's webhook": ({ contract }) => isTaken(originProblem({ source: OTHERS.provider }, contract)),
  outbox: ({ contract }) => isTaken(originProblem({ source: OTHERS.context }, contract)),
  'NATS, as a publisher': ({ contract }) =>
    isTaken(originProblem({ source: publisherOf(contract) }, contract)),
};

/** What becomes of each event by each way in, as a table. */
export function waysIn(events: readonly DescribedEvent[]): { headings: string[]; rows: string[][] } {
  const ways = Object.values(WAYS);
  return {
    headings: ['event', ...Object.keys(WAYS)],
    rows: events.map((event) => [event.name, ...ways.map((way) => (way(event) ? 'taken' : 'refused'))]),
  };
}

/** The source of a publisher: one that the contract names, or else its own. */
function publisherOf(contract: EventContract): string {
  return originOf(contract).kind === 'external' ? sourceFor(contract, PUBLISHER) : PUBLISHER;
}

function isTaken(problem: Rejection | undefined): boolean {
  return problem === undefined;
}

function code(text: string): string {
  return `\`${text}\``;
}
