import type { Catalogue, EventContract, Seal } from '../../contracts';
import { errorMessage, parseEventType } from '../../contracts';
import type { CheckedEvent } from '../../operator';
import { checkedEvent, envelopeOf } from '../../operator';
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
 * @throws CliError, OperatorError
 */
export async function newEvent(draft: Draft, catalogue: Catalogue, seal: Seal): Promise<CheckedEvent> {
  const given = draft.text === undefined ? undefined : jsonIn(draft.text);
  const event = withValues(
    given === undefined || !isCloudEvent(given) ? wrapped(given) : given,
    draft.set ?? [],
  );
  return checkedEvent(event, { catalogue, seal, own: SOURCE });

  function wrapped(data: unknown): unknown {
    const { type, id, source } = draft;
    if (type === undefined) {
      const message = 'what was given is no CloudEvent: with --type it is taken as the data of one';
      throw new CliError('usage', message, EXIT.usage);
    }
    const contract = contractOf(type, catalogue);
    return envelopeOf(contract, { data: data ?? contract.example, id, source, own: SOURCE });
  }
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
