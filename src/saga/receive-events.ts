import { log, setDefaultSignalHandler } from '@temporalio/workflow';
import type { DomainEvent } from '../contracts/model/event';
import { identityOf, isSameContent, logFieldsOf, memoryOf, readMemory } from '../contracts/names/event';
import { REMEMBERED_EVENTS } from '../contracts/names/saga';
import type { Accepted } from './accepted';
import { ignore, unacceptable } from './accepted';

/**
 * Receives the events of a workflow, each once. Call it before the workflow's first `await`. One handler takes all
 * event types, because the SDK keeps the order of signals only within a handler; the handler never waits.
 *
 * @param conflict takes an event that has the identity of another one; without it, the event is only logged
 * @returns `seen`: the identities of the events received, the oldest first; `receive`: takes an event that did not come
 * as a signal
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
        ...logFieldsOf(event),
      });
      conflict(event);
      return;
    }
    remembered.set(identity, event.contentHash);
    if (remembered.size > REMEMBERED_EVENTS) forgetOldest(remembered);
    take(event);
  }

  setDefaultSignalHandler((type, payload) => {
    // An error that is thrown here would fail the workflow task, again on every retry.
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
