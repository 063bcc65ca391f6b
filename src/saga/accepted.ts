import { log, proxySinks } from '@temporalio/workflow';
import type { Sinks } from '@temporalio/workflow';
import type { DomainEvent } from '../contracts/model/event';
import type { Shape } from './shape';
import { fits } from './shape';

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
