import type { DomainEvent } from '../../contracts/model/event';
import { occurrenceOf } from '../../contracts/names/occurrence';
import type { DeadLetterChannel } from '../dead-letter-channel';
import type { Inbox } from '../inbox';
import { leftForNext } from './left-over';

/** The most occurrences that one step records: a payload of 20 KB. */
const RECORDED_AT_ONCE = 1_000;

/**
 * Ends an occurrence. It dead-letters late events, and records the received events that may open an occurrence, so that
 * a repeat of them opens nothing, even after Temporal has forgotten the workflow. It includes events that come
 * meanwhile: when it resolves, the inbox is empty.
 *
 * @returns the events that go to the next occurrence; the first of them opens it
 */
export async function endOccurrence<Event extends DomainEvent>(parts: {
  readonly workflowId: string;
  readonly state: string;
  readonly inbox: Inbox<Event>;
  readonly deadLetterChannel: DeadLetterChannel;
  readonly isOpening: (event: Event) => boolean;
  readonly moot: (event: Event) => boolean;
  /** Occurrences of the received events that may open one; the set grows as events come. */
  readonly received: ReadonlySet<string>;
  readonly record: (occurrences: readonly string[]) => Promise<unknown>;
}): Promise<readonly Event[]> {
  const { workflowId, state, inbox, deadLetterChannel, isOpening, moot, received, record } = parts;
  const detail = `the process is ${state}`;
  const next: Event[] = [];
  const recorded = new Set<string>();

  const unrecorded = () => {
    const carriedOn = new Set(next.filter(isOpening).map((event) => occurrenceOf(workflowId, event)));
    return [...received].filter((each) => !recorded.has(each) && !carriedOn.has(each));
  };

  for (;;) {
    for (const { reason, events } of inbox.drainRefused())
      await deadLetterChannel.send(events, reason, detail);
    const left = leftForNext(
      inbox.drain().filter((event) => !moot(event)),
      next,
      isOpening,
    );
    next.push(...left.next);
    await deadLetterChannel.send(left.late, 'late', detail);
    const some = unrecorded().slice(0, RECORDED_AT_ONCE);
    if (some.length > 0) await record(some);
    some.forEach((each) => recorded.add(each));
    if (inbox.isEmpty() && unrecorded().length === 0) return next;
  }
}
