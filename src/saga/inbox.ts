import { condition, setDefaultSignalHandler } from '@temporalio/workflow';
import type { DomainEvent } from '../contracts/event';
import { identityOf } from '../contracts/identity';
import { REMEMBERED_EVENTS } from '../contracts/saga';

/** The events of one workflow, in the order of the stream, each once. */
export interface Inbox {
  /**
   * The oldest event of one of these types, once it is here; `undefined` when the deadline passes first. Events of other
   * types stay for whoever asks for them.
   *
   * @param waiting what the timer's summary in the UI says
   */
  take<Event extends DomainEvent>(
    types: readonly Event['type'][],
    deadline: { readonly ms: number; readonly waiting: string },
  ): Promise<Event | undefined>;
  /** As {@link take}, for as long as it takes: the state must tell a person that somebody is waited for. */
  takeWhenever<Event extends DomainEvent>(types: readonly Event['type'][]): Promise<Event>;
  /** Identities of the events received, the oldest first: what a workflow returns and carries into its next run. */
  seen(): string[];
}

/**
 * Opens the inbox: to be called before the workflow's first `await`. One handler takes all event types, because the
 * SDK keeps the order of signals only within a handler; it only appends.
 *
 * @param seen what the run before this one had seen
 */
export function openInbox(seen: readonly string[] = []): Inbox {
  const remembered = new Set(seen);
  const waiting: DomainEvent[] = [];

  setDefaultSignalHandler((_type, event) => {
    const received = event as DomainEvent;
    const identity = identityOf(received);
    if (remembered.has(identity)) return;
    remembered.add(identity);
    if (remembered.size > REMEMBERED_EVENTS) forgetOldest(remembered);
    waiting.push(received);
  });

  const find = (types: readonly string[]) => waiting.findIndex(({ type }) => types.includes(type));
  const remove = (types: readonly string[]) => waiting.splice(find(types), 1)[0];

  return {
    take: async (types, { ms, waiting: summary }) => {
      const here = find(types) >= 0 || (await condition(() => find(types) >= 0, ms, { summary }));
      return here ? (remove(types) as never) : undefined;
    },
    takeWhenever: async (types) => {
      await condition(() => find(types) >= 0);
      return remove(types) as never;
    },
    seen: () => [...remembered],
  };
}

function forgetOldest(remembered: Set<string>): void {
  const [oldest] = remembered;
  if (oldest !== undefined) remembered.delete(oldest);
}
