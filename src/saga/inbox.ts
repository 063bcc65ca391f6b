import { condition } from '@temporalio/workflow';
import type { DomainEvent } from '../contracts/model/event';
import { isExpired } from '../contracts/names/event';
import { summaryOf } from '../contracts/names/markdown';
import type { Accepted, Unacceptable } from './accepted';
import { unacceptable } from './accepted';
import { follow } from './steps';
import { receiveEvents } from './receive-events';
import { checkInbox } from './recurring/running';

/** How long to wait for an event, and what the timer's summary in the UI says meanwhile. */
export interface Deadline {
  readonly ms: number;
  readonly waiting: string;
}

/** The events of one workflow, in the order of the stream, each once. */
export interface Inbox<Event extends DomainEvent = DomainEvent> {
  /**
   * Waits for an event of one of these types, and takes the oldest one; `undefined` if the deadline passes first.
   * Events of other types stay in the inbox.
   */
  take<Type extends Event['type']>(
    types: readonly Type[],
    deadline: Deadline,
  ): Promise<OfType<Event, Type> | undefined>;
  /**
   * Waits until an event of one of these types is in the inbox, and leaves it there; `false` if the deadline passes
   * first.
   */
  waitFor(types: readonly Event['type'][], deadline: Deadline): Promise<boolean>;
  /** Like `take`, without a deadline: the state must tell people what the workflow waits for. */
  takeWhenever<Type extends Event['type']>(types: readonly Type[]): Promise<OfType<Event, Type>>;
  /** Like `take`, without waiting. */
  takeNow<Type extends Event['type']>(types: readonly Type[]): OfType<Event, Type> | undefined;
  /**
   * Receives an event that did not come as a signal. As with signals, a repeat of an event that was received before is
   * dropped.
   */
  receive(event: Event): void;
  /** Why a payload is not an event of this workflow; `undefined` if it is one. */
  unacceptable(payload: unknown): Unacceptable | undefined;
  /** Whether an event of one of these types is in the inbox. */
  has(types: readonly Event['type'][]): boolean;
  isEmpty(): boolean;
  /** Removes and returns all events that were not taken: before it closes, a workflow must say what becomes of them. */
  drain(): Event[];
  /** Removes and returns the events that must not be applied, with the reason, so that they can be dead-lettered. */
  drainRefused(): RefusedEvents<Event>[];
  /** When the first of the waiting events expires, in milliseconds since 1970; `undefined` if none of them does. */
  nextExpiry(): number | undefined;
  /**
   * Identities of the events received, the oldest first. A workflow returns them, and carries them into its next run.
   */
  seen(): string[];
}

/** `expired`: its expiry time passed before it was taken. `conflict`: it has the identity of another event. */
export interface RefusedEvents<Event> {
  readonly reason: 'expired' | 'conflict';
  readonly events: Event[];
}

type OfType<Event, Type> = Extract<Event, { readonly type: Type }>;

/**
 * Opens the inbox. Call it before the workflow's first `await`.
 *
 * @param accepted which events the workflow accepts; others are ignored with a warning, and counted
 * @param options `seen`: identities of the events that the previous run had seen. `waiting`: events that the previous
 * run had received and not taken. `received`: called with each event that is received, before it can be taken.
 * `concerns`: whether an event is about something that the workflow has now; other events stay in the inbox as if they
 * had not come yet, because they may be early. Default: every event is
 *
 * @example
 * const events = openInbox<AlertEvent>({
 *   key: 'dev-1',
 *   shapes: { [alertRaised.type]: { deviceId: 'key' }, [alertAcknowledged.type]: { deviceId: 'key' } },
 * });
 * const raised = events.takeNow([alertRaised.type]);
 * const answer = await events.take([alertAcknowledged.type], { ms: 60_000, waiting: 'Deadline for an answer' });
 */
export function openInbox<Event extends DomainEvent>(
  accepted: Accepted<Event>,
  {
    seen = [],
    waiting: carried = [],
    received: tell = () => undefined,
    concerns = () => true,
  }: {
    readonly seen?: readonly string[] | undefined;
    readonly waiting?: readonly Event[] | undefined;
    readonly received?: (event: Event) => void;
    readonly concerns?: (event: Event) => boolean;
  } = {},
): Inbox<Event> {
  checkInbox();
  const waiting: Event[] = [...carried];
  const refused: Record<RefusedEvents<Event>['reason'], Event[]> = { expired: [], conflict: [] };
  const { receive, seen: received } = receiveEvents(
    accepted,
    seen,
    (event) => {
      tell(event);
      waiting.push(event);
    },
    (event) => refused.conflict.push(event),
  );

  const isOneOf = (types: readonly string[]) => (event: Event) =>
    types.includes(event.type) && concerns(event);
  /** Removes expired events: an event is not applied after its expiry time, however long it was kept. */
  const dropExpired = () => {
    const now = Date.now();
    if (!waiting.some((event) => isExpired(event, now))) return;
    refused.expired.push(...waiting.filter((event) => isExpired(event, now)));
    waiting.splice(0, waiting.length, ...waiting.filter((event) => !isExpired(event, now)));
  };
  const has = (types: readonly string[]) => {
    dropExpired();
    return waiting.some(isOneOf(types));
  };
  const takeNow = (types: readonly string[]): Event | undefined => {
    dropExpired();
    const at = waiting.findIndex(isOneOf(types));
    const [taken] = at < 0 ? [] : waiting.splice(at, 1);
    if (taken) follow(taken);
    return taken;
  };

  const waitFor = async (types: readonly string[], { ms, waiting: what }: Deadline): Promise<boolean> =>
    has(types) || condition(() => has(types), ms, { summary: summaryOf(what) });

  // The cast is safe: `takeNow` returns only events of the types that were asked for.
  return {
    receive: (event: Event) => receive(event),
    unacceptable: (payload: unknown) => unacceptable(payload, accepted),
    has,
    takeNow,
    waitFor,
    take: async (types: readonly string[], deadline: Deadline) => {
      await waitFor(types, deadline);
      return takeNow(types);
    },
    takeWhenever: async (types: readonly string[]) => {
      await condition(() => has(types));
      return takeNow(types);
    },
    isEmpty: () => waiting.length === 0 && refused.expired.length === 0 && refused.conflict.length === 0,
    drain: () => waiting.splice(0),
    drainRefused: () => {
      dropExpired();
      return (['expired', 'conflict'] as const)
        .map((reason) => ({ reason, events: refused[reason].splice(0) }))
        .filter(({ events }) => events.length > 0);
    },
    nextExpiry: () => {
      const times = waiting.flatMap(({ expiryTime }) =>
        expiryTime === undefined ? [] : [Date.parse(expiryTime)],
      );
      return times.length === 0 ? undefined : Math.min(...times);
    },
    seen: received,
  } as Inbox<Event>;
}
