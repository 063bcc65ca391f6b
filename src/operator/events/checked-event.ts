import { randomUUID } from 'node:crypto';
import type { Catalogue, DomainEvent, EventContract, OutgoingEvent, Seal } from '../../contracts';
import { decodeEvent, originOf, originProblem, outgoing, readData, sourceFor } from '../../contracts';
import { OperatorError } from '../error';

/** An event that fits its contract, and as it is published: with its personal fields encrypted. */
export interface CheckedEvent {
  readonly event: DomainEvent;
  readonly outgoing: OutgoingEvent;
}

/**
 * The CloudEvent around data that a person gives.
 *
 * @param parts.own the source for an external event whose contract names none
 */
export function envelopeOf(
  contract: EventContract,
  {
    data,
    id = randomUUID(),
    source,
    own,
  }: {
    readonly data: unknown;
    readonly id?: string | undefined;
    readonly source?: string | undefined;
    readonly own: string;
  },
): object {
  return {
    ...{ specversion: '1.0', id, type: contract.type, time: new Date().toISOString(), data },
    // Nobody speaks for a provider or the project without saying so.
    source: source ?? (originOf(contract).kind === 'external' ? sourceFor(contract, own) : own),
  };
}

/**
 * Checks an event that a person wants to publish, as its consumers will.
 *
 * @param parts.own the source of events by hand, for the refusal
 * @throws OperatorError `invalid-event`, with `reason` and `path`
 */
export async function checkedEvent(
  event: unknown,
  { catalogue, seal, own }: { readonly catalogue: Catalogue; readonly seal: Seal; readonly own: string },
): Promise<CheckedEvent> {
  const decoding = decodeEvent({ headers: {}, body: Buffer.from(JSON.stringify(event)) }, catalogue);
  if (!decoding.ok) {
    const { reason, detail, path } = decoding.rejection;
    throw invalid(`${path ?? 'the event'}: ${detail}`, reason, path);
  }
  refuseUnknown(event, catalogue);
  refuseForbidden(decoding.event, decoding.published, catalogue, own);
  const contract = catalogue.contractOf(decoding.event.type);
  const data = contract ? await seal(contract, decoding.event.data) : decoding.event.data;
  const sealed = { ...decoding.event, data };
  return { event: sealed, outgoing: outgoing(sealed) };
}

/** Rejects an event that its consumers would dead-letter for its source. */
function refuseForbidden(
  event: DomainEvent,
  published: EventContract,
  { endpoints }: Catalogue,
  own: string,
): void {
  const rejection = originProblem(event, published, endpoints);
  if (!rejection) return;
  const { reason, detail, path } = rejection;
  throw invalid(`${detail}; --source ${sourceFor(published, own)} publishes it by hand`, reason, path);
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
  throw invalid(
    `data.${path}: the contract does not know it, and would remove it; the example of ${type} has ${fields}`,
    'invalid-data',
    `data.${path}`,
  );
}

export function invalid(message: string, reason: string, path?: string): OperatorError {
  return new OperatorError('invalid-event', message, 'refused', { reason, path });
}
