import { log, proxySinks } from '@temporalio/workflow';
import type { Sinks } from '@temporalio/workflow';
import type { DomainEvent } from '../contracts/model/event';

/** The shape of the data of each event type that a workflow takes. Declare it once, beside the event types. */
export type EventShapes<Event extends DomainEvent> = {
  readonly [Type in Event['type']]: Shape<Extract<Event, { readonly type: Type }>['data']>;
};

/** Which events a workflow accepts. */
export interface Accepted<Event extends DomainEvent> {
  /** The workflow's correlation key. */
  readonly key: string;
  readonly shapes: EventShapes<Event>;
  /**
   * What becomes of a valid event whose type has no shape. `kept` (the default) puts it into the inbox: a newer bridge
   * may route it here, and the workflow must decide what becomes of it. `ignored` drops it, because the workflow could
   * do nothing with it.
   */
  readonly otherTypes?: 'kept' | 'ignored';
}

/** Why a signal or an update is not taken: what is wrong with its payload, or how it came (`sealing.ts`). */
export type Unacceptable =
  'no-event' | 'another-key' | 'wrong-shape' | 'another-type' | 'unsealed' | 'reserved-name';

/** The sink with which a worker counts the signals that its workflows ignore. */
export interface IgnoredSignals extends Sinks {
  sagalineSignals: { ignored(why: Unacceptable): void };
}

const { sagalineSignals } = proxySinks<IgnoredSignals>();

const EVENT: Shape<DomainEvent<string, object>> = {
  id: 'text',
  source: 'text',
  type: 'text',
  key: 'text',
  'time?': 'text',
  data: isObject,
  'causationId?': 'text',
  'traceparent?': 'text',
  'tracestate?': 'text',
  'expiryTime?': 'text',
  'attributes?': isObject,
  'contentHash?': 'text',
  'redrive?': 'text',
};

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

/**
 * Returns why a payload is not an event of this workflow, or `undefined` if it is one. Events from the bridge pass,
 * because the bridge has checked the data against the contract. A signal that a person sends may carry anything.
 */
export function unacceptable<Event extends DomainEvent>(
  payload: unknown,
  { key, shapes, otherTypes }: Accepted<Event>,
): Unacceptable | undefined {
  if (!fits(payload, EVENT, key)) return 'no-event';
  const event = payload as DomainEvent;
  if (event.key !== key) return 'another-key';
  if (!Object.hasOwn(shapes, event.type)) return otherTypes === 'ignored' ? 'another-type' : undefined;
  const shape = shapes[event.type as Event['type']];
  return fits(event.data, shape, key) ? undefined : 'wrong-shape';
}

/** Logs that a signal is ignored, and counts it if the worker has the sink. */
export function ignore(signal: string, why: Unacceptable): void {
  log.warn('a signal that is no event of this workflow was ignored', { signal, why });
  sagalineSignals.ignored(why);
}

/**
 * The shape that JSON must have: a light check for workflows, which cannot afford a contract's zod schema (adr 27). It
 * is typed by the value that it describes, so that a changed contract is a compiler error here.
 *
 * @example `const shape: Shape<{ orderId: string; note?: string; lines: { quantity: number }[] }> =
 *   { orderId: 'key', 'note?': 'text', lines: [{ quantity: 'count' }] }`
 */
export type Shape<Value> =
  | ((value: unknown) => boolean)
  | ([Value] extends [string]
      ? /** `line`: not blank. `key`: the correlation key of the workflow itself. `time`: in the format of RFC 3339. */
        'text' | 'line' | 'key' | 'time'
      : [Value] extends [number]
        ? /** `count`: an integer, 0 or more. */
          'number' | 'count'
        : [Value] extends [boolean]
          ? 'boolean'
          : [Value] extends [readonly (infer Element)[]]
            ? readonly [Shape<Element>]
            : ObjectShape<Value>);

/** The name of an optional field ends with `?`. */
export type ObjectShape<Value> = {
  readonly [Name in keyof Value as undefined extends Value[Name] ? `${Name & string}?` : Name]-?: Shape<
    Exclude<Value[Name], undefined>
  >;
};

type AnyShape =
  string | ((value: unknown) => boolean) | readonly [AnyShape] | { readonly [name: string]: AnyShape };

const TIME = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/;

/**
 * Whether a value has a shape.
 *
 * @param key the value that `'key'` requires
 *
 * @example
 * fits<{ deviceId: string }>({ deviceId: 'dev-1' }, { deviceId: 'key' }, 'dev-1'); // true
 */
export function fits<Value>(value: unknown, shape: Shape<Value>, key: string): value is Value {
  return fitsAny(value, shape, key);
}

function fitsAny(value: unknown, shape: AnyShape, key: string): boolean {
  if (typeof shape === 'function') return shape(value);
  switch (shape) {
    case 'text':
      return typeof value === 'string';
    case 'line':
      return typeof value === 'string' && value.trim() !== '';
    case 'key':
      return value === key;
    case 'time':
      return typeof value === 'string' && TIME.test(value) && !Number.isNaN(Date.parse(value));
    case 'number':
      return typeof value === 'number';
    case 'count':
      return Number.isSafeInteger(value) && (value as number) >= 0;
    case 'boolean':
      return typeof value === 'boolean';
  }
  if (isList(shape)) return Array.isArray(value) && value.every((each) => fitsAny(each, shape[0], key));
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.entries(shape).every(([name, inner]) => {
    const isOptional = name.endsWith('?');
    const field = (value as Readonly<Record<string, unknown>>)[isOptional ? name.slice(0, -1) : name];
    return (isOptional && field === undefined) || fitsAny(field, inner, key);
  });
}

function isList(shape: AnyShape): shape is readonly [AnyShape] {
  return Array.isArray(shape);
}
