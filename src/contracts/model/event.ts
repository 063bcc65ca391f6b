import type { z } from 'zod';
import { unboundedPlaces } from './bounds';
import { errorMessage } from '../names/error-message';
import { CORRELATION_KEY_RULE, eventFamily, isCorrelationKey, parseEventType } from '../names/subject';
import type { OtherAttributes } from '../wire/envelope';
import type { Origin } from './origin';
import { originOf } from './origin';
import { originProblems } from './origin-problems';
import { personalProblems } from './personal';

/** The contract of one type of event. Its subject, TypeScript types, documentation and test data are derived from it. */
export interface EventContract<Type extends string = string, Data = unknown> {
  /** `<prefix>.<context>.<fact>.v<major>`; also the name of the signal that carries it. */
  readonly type: Type;
  /** The object that the event is about, in the domain's word: `order`, `payment`, `shipment`. */
  readonly entity: string;
  /** One sentence for the docs: when the event happens, and who reports it. */
  readonly summary: string;
  /**
   * Who may publish the event: `external('the web shop')`, `fromProvider('carrier')` or `internal`. Default:
   * `internal`, so that nobody outside of the project can publish it.
   */
  readonly origin?: Origin;
  /**
   * Shape of `data`: strict objects, and bounds on every string, number and array. Rules in code (`refine`,
   * `transform`) are not in its JSON Schema; describe them in words with `.meta({ rules: ['…'] })`.
   */
  readonly schema: z.ZodType<Data>;
  /** The correlation key of an event with this data. (A method, so that every contract is an `EventContract`.) */
  key(data: Data): string;
  /**
   * Whose the fields are that the schema marks with `personal`: the id of the data subject. It is kept in clear, so
   * it must not be a name or an address itself.
   */
  subject?(data: Data): string;
  /**
   * What happens to fields that the schema does not know, at any depth. `stripped`: they are removed and counted, so
   * that publishers may add fields before Sagaline knows them. `refused`: the event is refused; use this where an
   * unknown field could change the sum of a payment. Default: `stripped`.
   */
  readonly unknownFields?: 'stripped' | 'refused';
  /** Valid data, used in documentation and tests. */
  readonly example: Data;
  /** Converts the data of an event of the previous major version to this version. */
  readonly upcast?: { readonly from: string; readonly data: (older: unknown) => unknown };
}

/** Thrown by {@link defineEvent} while a domain loads: a wrong contract is a programming error. */
export class InvalidContractError extends Error {
  override readonly name = 'InvalidContractError';
  constructor(
    readonly eventType: string,
    readonly problems: readonly string[],
  ) {
    super(
      `the contract of ${eventType} is wrong:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`,
    );
  }
}

/**
 * Declares an event.
 *
 * @throws InvalidContractError naming everything that is wrong with it: the form of its type, a value without bounds,
 * an example that does not fit its own schema.
 *
 * @example
 * export const deviceLost = defineEvent({
 *   type: 'com.example.devices.devices.lost.v1',
 *   entity: 'device',
 *   summary: 'A device has not answered for an hour.',
 *   origin: external('the monitoring'),
 *   schema: z.object({ deviceId: z.string().min(1).max(64) }),
 *   key: ({ deviceId }) => deviceId,
 *   example: { deviceId: 'dev-1' },
 * });
 */
export function defineEvent<const Type extends string, Schema extends z.ZodType>(
  contract: EventContract<Type, z.output<Schema>> & { readonly schema: Schema },
): EventContract<Type, z.output<Schema>> {
  const missing = partProblems(contract);
  if (missing.length > 0) throw new InvalidContractError(contract.type, missing);
  const problems = [...unboundedPlaces(contract.schema), ...originProblems(originOf(contract))];
  const type = parseEventType(contract.type);
  if (!type) problems.push('its type is not of the form <prefix>.<context>.<fact>.v<major>');

  const example = contract.schema.safeParse(contract.example);
  if (!example.success) {
    problems.push(
      ...example.error.issues.map((issue) => `example.${issue.path.join('.')}: ${issue.message}`),
    );
  } else problems.push(...keyProblems(contract, example.data), ...personalProblems(contract, example.data));

  if (type && contract.upcast) {
    const older = parseEventType(contract.upcast.from);
    if (older?.major !== type.major - 1 || eventFamily(older) !== eventFamily(type)) {
      problems.push(`it upcasts from ${contract.upcast.from}, which is not the version before it`);
    }
  }
  if (problems.length > 0) throw new InvalidContractError(contract.type, problems);
  return Object.freeze(contract);
}

const UNKNOWN_FIELDS: readonly string[] = ['stripped', 'refused'];

/** The parts that are missing or of another kind. The types refuse them too, but only where the compiler runs. */
function partProblems({
  type,
  entity,
  summary,
  schema,
  key,
  unknownFields,
  upcast,
}: Partial<EventContract>): string[] {
  const texts = { type, entity, summary };
  return [
    ...Object.entries(texts)
      .filter(([, text]) => typeof text !== 'string' || text === '')
      .map(([part]) => `its ${part} must be a text that is not empty`),
    ...(typeof schema?.safeParse === 'function' ? [] : ['its schema must be one of zod, z.object({ … })']),
    ...(typeof key === 'function' ? [] : ['its key must be a function of the data that returns the key']),
    ...(unknownFields === undefined || UNKNOWN_FIELDS.includes(unknownFields)
      ? []
      : ['its unknownFields can only be "stripped" or "refused"']),
    ...(upcast === undefined || (typeof upcast.from === 'string' && typeof upcast.data === 'function')
      ? []
      : ['its upcast must be { from, data }: the older type, and a function that converts its data']),
  ];
}

function keyProblems<Data>(contract: Pick<EventContract<string, Data>, 'key'>, example: Data): string[] {
  try {
    if (isCorrelationKey(contract.key(example))) return [];
  } catch (error) {
    return [`its key cannot be made of the example: ${errorMessage(error)}`];
  }
  return [`the example's correlation key is not ${CORRELATION_KEY_RULE}`];
}

/**
 * A decoded event: the CloudEvent's attributes that processes need, and data that fits its contract. A workflow
 * receives it as the argument of a signal.
 */
export interface DomainEvent<Type extends string = string, Data = unknown> {
  /** `source` and `id` together identify the event: the same pair is the same event, however often it arrives. */
  readonly id: string;
  readonly source: string;
  readonly type: Type;
  /** The correlation key. */
  readonly key: string;
  /** RFC 3339; absent if the publisher gave no time. */
  readonly time?: string | undefined;
  readonly data: Data;
  /** Id of the event that caused this one. */
  readonly causationId?: string | undefined;
  /** W3C trace context; absent if the publisher's could not be read. */
  readonly traceparent?: string | undefined;
  /** Further data of tracing systems, with `traceparent` only. */
  readonly tracestate?: string | undefined;
  /** After this time the event is not applied any more. */
  readonly expiryTime?: string | undefined;
  /** The other attributes that the publisher gave: `subject`, `dataschema` and extensions. */
  readonly attributes?: OtherAttributes | undefined;
  /** Hash of type and data as published, set by the bridge. The same identity with another hash is another event. */
  readonly contentHash?: string | undefined;
  /**
   * The redrive that published the event, `<sequence of the dead letter>:<number>`; absent for an event that was not
   * redriven.
   */
  readonly redrive?: string | undefined;
}

/** The event that a contract describes. */
export type EventOf<Contract> =
  Contract extends EventContract<infer Type, infer Data> ? DomainEvent<Type, Data> : never;
