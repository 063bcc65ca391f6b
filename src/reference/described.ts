import type { Catalogue, EventContract, Route } from '../contracts';
import { originOf, parseEventType, subjectSpaceOf } from '../contracts';
import type { CodeRule, JsonSchema } from './data-schema';
import { dataSchemaOf } from './data-schema';

/** All that the documents say about one event. */
export interface DescribedEvent {
  readonly contract: EventContract;
  readonly type: string;
  /** `orders.submitted.v1`: unique, because no two events have the same subject. */
  readonly name: string;
  readonly context: string;
  /** `evt.orders.submitted.v1.{key}`. */
  readonly subject: string;
  readonly key: KeyDescription;
  /** What becomes of fields that the contract does not define. */
  readonly unknownFields: 'stripped' | 'refused';
  readonly schema: JsonSchema;
  readonly rules: readonly CodeRule[];
  /** The routes that bring it to workflows, in words. */
  readonly routes: readonly string[];
  readonly subscriptions: readonly string[];
  /** Paths of the request–reply endpoints that take it as their body. */
  readonly endpoints: readonly string[];
  /** The version that this one is upcast to when it is received. */
  readonly upcastTo?: string;
  readonly upcastFrom?: string;
  /** Whether publishers outside of the project may publish it. */
  readonly isReceived: boolean;
}

/** The correlation key: a field of the data, or what the contract's code makes of it. */
export type KeyDescription =
  | { readonly kind: 'field'; readonly field: string }
  | { readonly kind: 'computed'; readonly example: string };

/** The events of a project, by context and type. */
export function describeEvents(catalogue: Catalogue): DescribedEvent[] {
  return [...catalogue.contracts]
    .sort((one, other) => compareText(one.type, other.type))
    .map((contract) => described(contract, catalogue));
}

function described(contract: EventContract, catalogue: Catalogue): DescribedEvent {
  const { type, unknownFields = 'stripped', upcast } = contract;
  const space = subjectSpaceOf(type);
  const routes = catalogue.routesOf(type).map(wordsOf);
  const subscriptions = catalogue.subscriptions
    .filter(({ events }) => events.some((event) => event.type === type))
    .map(({ name }) => name);
  const endpoints = catalogue.endpoints.filter(({ event }) => event.type === type).map(({ path }) => path);
  const newer = catalogue.contracts.find((other) => other.upcast?.from === type);
  return {
    contract,
    type,
    name: space.replace(/^evt\./, ''),
    context: parseEventType(type)?.context ?? '',
    subject: `${space}.{key}`,
    key: keyOf(contract),
    unknownFields,
    ...dataSchemaOf(contract),
    routes,
    subscriptions,
    endpoints,
    ...(newer && { upcastTo: newer.type }),
    ...(upcast && { upcastFrom: upcast.from }),
    isReceived: originOf(contract).kind === 'external',
  };
}

function wordsOf(route: Route): string {
  const may = route.batch ? 'is collected by' : route.opens ? 'may open' : 'reaches an open';
  const when = route.condition ? ', under a condition' : '';
  return `route \`${route.name}\`: ${may} \`${route.workflow.name}\`${when}`;
}

/** A key to try that is longer than most keys, and made of their characters. */
const PROBE = 'probe-0-PROBE';

/** Finds the text of the example that becomes the key: a change of this text changes the key. */
function keyOf(contract: EventContract): KeyDescription {
  for (const [path, text] of textsOf(contract.example)) {
    const probed = withText(contract.example, path, PROBE);
    if (text === contract.key(contract.example) && keyIn(contract, probed) === PROBE) {
      return { kind: 'field', field: ['data', ...path].join('.') };
    }
  }
  return { kind: 'computed', example: contract.key(contract.example) };
}

/** Returns the key of data; `undefined` if the contract's code does not make a key of it. */
export function keyIn(contract: EventContract, data: unknown): string | undefined {
  try {
    return contract.key(data);
  } catch {
    return undefined;
  }
}

function* textsOf(value: unknown, path: readonly string[] = []): Generator<[readonly string[], string]> {
  if (typeof value === 'string') yield [path, value];
  else if (typeof value === 'object' && value !== null) {
    for (const [name, inner] of Object.entries(value)) yield* textsOf(inner, [...path, name]);
  }
}

function withText(value: unknown, [name, ...rest]: readonly string[], text: string): unknown {
  if (name === undefined) return text;
  const entries = Object.entries(value as object).map(([key, inner]: [string, unknown]) => [
    key,
    key === name ? withText(inner, rest, text) : inner,
  ]);
  return Array.isArray(value) ? entries.map(([, inner]) => inner) : Object.fromEntries(entries);
}

/** Compares by code units, which gives the same order on every machine. */
export function compareText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
