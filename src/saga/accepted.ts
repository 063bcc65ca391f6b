import { log, proxySinks } from '@temporalio/workflow';
import type { Sinks } from '@temporalio/workflow';
import type { DomainEvent } from '../contracts/model/event';
import type { Shape } from './shape';
import { fits } from './shape';

/** How the data of each event type looks that a workflow takes: once, beside its event types. */
export type EventShapes<Event extends DomainEvent> = {
  readonly [Type in Event['type']]: Shape<Extract<Event, { readonly type: Type }>['data']>;
};

/** Which events are a workflow's own. */
export interface Accepted<Event extends DomainEvent> {
  /** The workflow's correlation key. */
  readonly key: string;
  readonly shapes: EventShapes<Event>;
  /**
   * What becomes of a sound event of a type without a shape. `kept` (the default): a newer bridge may route it here, and the
   * workflow must say what becomes of it. `ignored`: nobody could make anything of it.
   */
  readonly otherTypes?: 'kept' | 'ignored';
}

/** Why a signal, or an update, brings no event of this workflow. */
export type Unacceptable = 'no-event' | 'another-key' | 'wrong-shape' | 'another-type';

/** For a worker: counts the signals that its workflows ignore. */
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
 * Why this is no event of the workflow, or nothing. What the bridge sends is one: it has checked the data against the contract. A
 * signal that a person sends may carry anything.
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

/** Writes to the workflow's log that a signal is ignored, and counts it where the worker has the sink. */
export function ignore(signal: string, why: Unacceptable): void {
  log.warn('a signal that is no event of this workflow was ignored', { signal, why });
  sagalineSignals.ignored(why);
}
