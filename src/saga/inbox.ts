import { condition, log, setDefaultSignalHandler } from '@temporalio/workflow';
import type { DomainEvent } from '../contracts/model/event';
import { isExpired } from '../contracts/names/expiry';
import { identityOf, isSameContent, memoryOf, readMemory } from '../contracts/names/identity';
import { REMEMBERED_EVENTS } from '../contracts/names/saga';
import type { Accepted, Unacceptable } from './accepted';
import { ignore, unacceptable } from './accepted';
import { follow } from './cause';
import { checkInbox } from './occurrence';

/** How long to wait for an event, and what the timer's summary in the UI says meanwhile. */
export interface Deadline {
  readonly ms: number;
  readonly waiting: string;
}

/** The events of one workflow, in the order of the stream, each once. */
export interface Inbox<Event extends DomainEvent = DomainEvent> {
  /**
   * The oldest event of one of these types, once it is here; `undefined` when the deadline passes first. Events of other
   * types stay for whoever asks for them.
   */
  take<Type extends Event['type']>(
    types: readonly Type[],
    deadline: Deadline,
  ): Promise<OfType<Event, Type> | undefined>;
  /** Waits until an event of one of these types is here, and leaves it there; `false` when the deadline passes first. */
  waitFor(types: readonly Event['type'][], deadline: Deadline): Promise<boolean>;
  /** As `take`, for as long as it takes: the state must tell a person that somebody is waited for. */
  takeWhenever<Type extends Event['type']>(types: readonly Type[]): Promise<OfType<Event, Type>>;
  /** As `take`, without waiting. */
  takeNow<Type extends Event['type']>(types: readonly Type[]): OfType<Event, Type> | undefined;
  /** Takes an event that came by another way than a signal; dropped where it is here, or was, as a signal is. */
  receive(event: Event): void;
  /** Why this is no event of this workflow; `undefined`: it is one. */
  unacceptable(payload: unknown): Unacceptable | undefined;
  /** Whether an event of one of these types is here. */
  has(types: readonly Event['type'][]): boolean;
  isEmpty(): boolean;
  /** All events that nobody has taken: before it closes, a workflow must say what becomes of them. */
  drain(): Event[];
  /** Takes the events that must not be applied, each with the reason, for the dead letters. */
  drainRefused(): RefusedEvents<Event>[];
  /** When the first of the events that wait here expires, in milliseconds since 1970. */
  nextExpiry(): number | undefined;
  /** Identities of the events received, the oldest first: what a workflow returns and carries into its next run. */
  seen(): string[];
}

/** `expired`: its time passed before it was taken. `conflict`: it has the identity of another event. */
export interface RefusedEvents<Event> {
  readonly reason: 'expired' | 'conflict';
  readonly events: Event[];
}

type OfType<Event, Type> = Extract<Event, { readonly type: Type }>;

/**
 * Opens the inbox: to be called before the workflow's first `await`.
 *
 * @param accepted which events are the workflow's own; what else comes is ignored with a warning, and counted
 * @param options `seen`: what the run before this one had seen. `waiting`: events that it had received and not taken. `received` is told of
 * each event that is received, before it can be taken. `concerns`: whether an event is about something that the workflow has now. One that is not is kept, as if it had
 * not come yet: it may be early. Default: every event is
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
  /** An event is not applied behind its time, however long it was kept. */
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

  const waitFor = async (types: readonly string[], { ms, waiting: summary }: Deadline): Promise<boolean> =>
    has(types) || condition(() => has(types), ms, { summary });

  // What is taken is of one of the types that were asked for: that is what `takeNow` looks for.
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

/**
 * Receives the events of a workflow, each once: to be called before its first `await`. One handler takes all event
 * types, because the SDK keeps the order of signals only within a handler; it never waits.
 *
 * @param conflict takes an event that has the identity of another one; without it, the log alone tells of it
 * @returns `seen`: the identities of those received, the oldest first; `receive`: takes one that is no signal
 */
export function receiveEvents<Event extends DomainEvent>(
  accepted: Accepted<Event>,
  seen: readonly string[],
  take: (event: Event) => void,
  conflict: (event: Event) => void = () => undefined,
): { readonly seen: () => string[]; readonly receive: (event: Event) => void } {
  const remembered = new Map(seen.map(readMemory));

  function receive(event: Event): void {
    const identity = identityOf(event);
    if (remembered.has(identity)) {
      const hash = remembered.get(identity);
      if (isSameContent(hash, event.contentHash)) return;
      log.warn('an event has the identity of another one, and was not applied', {
        identity,
        type: event.type,
      });
      conflict(event);
      return;
    }
    remembered.set(identity, event.contentHash);
    if (remembered.size > REMEMBERED_EVENTS) forgetOldest(remembered);
    take(event);
  }

  setDefaultSignalHandler((type, payload) => {
    // Thrown here, an error would fail the workflow task, for ever.
    const why = unacceptable(payload, accepted);
    if (why !== undefined || (payload as Event).type !== type) ignore(type, why ?? 'no-event');
    else receive(payload as Event);
  });
  return { receive, seen: () => [...remembered].map(([identity, hash]) => memoryOf(identity, hash)) };
}

function forgetOldest(remembered: Map<string, unknown>): void {
  const [oldest] = remembered.keys();
  if (oldest !== undefined) remembered.delete(oldest);
}
