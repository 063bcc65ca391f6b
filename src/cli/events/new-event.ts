import { randomUUID } from 'node:crypto';
import type { Catalogue, DomainEvent, EventContract } from '../../contracts';
import {
  decodeEvent,
  errorMessage,
  originOf,
  originProblem,
  outgoing,
  parseEventType,
  readData,
  sourceFor,
} from '../../contracts';
import type { OutgoingEvent, Seal } from '../../contracts';
import { withValues } from '../assign';
import { CliError, EXIT } from '../exit';
import type { Assignment } from '../options';

export interface Draft {
  readonly type?: string | undefined;
  /** A CloudEvent or, with a type, the event's data alone. Default: the contract's example */
  readonly text?: Uint8Array | undefined;
  readonly set?: readonly Assignment[] | undefined;
  readonly id?: string | undefined;
  readonly source?: string | undefined;
}

/** The source of an external event whose contract names none. */
const SOURCE = '/cli';

/**
 * Turns a draft into an event that fits its contract, as it will be published.
 *
 * @throws CliError
 */
export async function newEvent(
  draft: Draft,
  catalogue: Catalogue,
  seal: Seal,
): Promise<{ event: DomainEvent; outgoing: OutgoingEvent }> {
  const given = draft.text === undefined ? undefined : jsonIn(draft.text);
  const event = withValues(
    given === undefined || !isCloudEvent(given) ? wrapped(given) : given,
    draft.set ?? [],
  );
  const decoding = decodeEvent({ headers: {}, body: Buffer.from(JSON.stringify(event)) }, catalogue);
  if (!decoding.ok) {
    const { reason, detail, path } = decoding.rejection;
    throw new CliError('invalid-event', `${path ?? 'the event'}: ${detail}`, EXIT.failed, { reason, path });
  }
  refuseUnknown(event, catalogue);
  refuseForbidden(decoding.event, decoding.published, catalogue);
  const contract = catalogue.contractOf(decoding.event.type);
  const data = contract ? await seal(contract, decoding.event.data) : decoding.event.data;
  const sealed = { ...decoding.event, data };
  return { event: sealed, outgoing: outgoing(sealed) };

  function wrapped(data: unknown): unknown {
    if (draft.type === undefined) {
      const message = 'what was given is no CloudEvent: with --type it is taken as the data of one';
      throw new CliError('usage', message, EXIT.usage);
    }
    const contract = contractOf(draft.type, catalogue);
    return {
      specversion: '1.0',
      id: draft.id ?? randomUUID(),
      source: draft.source ?? defaultSource(contract),
      type: contract.type,
      time: new Date().toISOString(),
      data: data ?? contract.example,
    };
  }
}

/** The source of an event by hand. Nobody speaks for a provider or the project without saying so. */
function defaultSource(contract: EventContract): string {
  return originOf(contract).kind === 'external' ? sourceFor(contract, SOURCE) : SOURCE;
}

/** Rejects an event that its consumers would dead-letter for its source. */
function refuseForbidden(event: DomainEvent, published: EventContract, { endpoints }: Catalogue): void {
  const rejection = originProblem(event, published, endpoints);
  if (!rejection) return;
  const { reason, detail, path } = rejection;
  const message = `${detail}; --source ${sourceFor(published, SOURCE)} publishes it by hand`;
  throw new CliError('invalid-event', message, EXIT.failed, { reason, path });
}

/**
 * Rejects fields that the contract does not know. In events of publishers with another version such fields are removed; a person
 * has mistyped them.
 */
function refuseUnknown(given: unknown, catalogue: Catalogue): void {
  const { type, data } = given as { readonly type: string; readonly data: unknown };
  const contract = catalogue.contractOf(type);
  const reading = contract && readData({ ...contract, unknownFields: 'stripped' }, data);
  if (!reading?.ok || reading.stripped.length === 0) return;
  const [path = ''] = reading.stripped;
  const fields = Object.keys(contract?.example as object).join(', ');
  throw new CliError(
    'invalid-event',
    `data.${path}: the contract does not know it, and would remove it; the example of ${type} has ${fields}`,
    EXIT.failed,
    { reason: 'invalid-data', path: `data.${path}` },
  );
}

function jsonIn(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    const why = errorMessage(error);
    throw new CliError('invalid-event', `what was given is no JSON: ${why}`, EXIT.failed, {
      reason: 'not-json',
    });
  }
}

function isCloudEvent(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'specversion' in value;
}

/**
 * Finds a contract by its whole type or by the end of it: `orders.submitted.v1`, or `orders.submitted` for the newest version.
 */
export function contractOf(name: string, catalogue: Catalogue): EventContract {
  const { contracts } = catalogue;
  const exact = contracts.filter(({ type }) => type === name || type.endsWith(`.${name}`));
  const families = contracts.filter(({ type }) => `.${type.replace(/\.v\d+$/, '')}`.endsWith(`.${name}`));
  const newest = [...families].sort((one, other) => majorOf(other) - majorOf(one)).slice(0, 1);
  const prefixes = new Set(families.map(({ type }) => type.replace(/\.v\d+$/, '')));
  const found = exact.length > 0 ? exact : prefixes.size > 1 ? families : newest;
  const [contract, another] = found;
  if (contract && !another) return contract;
  const among = (found.length > 0 ? found : contracts).map(({ type }) => `  ${type}`).join('\n');
  const problem =
    found.length > 0 ? `"${name}" may be one of several` : `no event is called "${name}"; known are`;
  throw new CliError('unknown-type', `${problem}:\n${among}`, EXIT.usage);
}

function majorOf({ type }: EventContract): number {
  return parseEventType(type)?.major ?? 0;
}
