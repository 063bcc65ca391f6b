import { makeContinueAsNewFunc } from '@temporalio/workflow';
import type { DomainEvent } from '../contracts/model/event';
import { OCCURRENCE_MEMO } from '../contracts/names/occurrence';
import { memoOfPlacement } from './placement';
import { searchAttributesOf } from './state';

/** What a bridge opens an occurrence with, and a run its successor. */
export interface RecurringInput<Event> {
  readonly key: string;
  /** Memories of what the occurrences before this one have received. */
  readonly seen?: readonly string[];
  /** Events that the run before this one had received and not taken. */
  readonly waiting?: readonly Event[];
  /** From the run before this one, of the same occurrence. */
  readonly carried?: {
    readonly opening: Event;
    /** Occurrences of the events received that may open one. */
    readonly received: readonly string[];
    readonly initialState: string;
    readonly progress: unknown;
  };
}

/** Goes on in a new run: of the same occurrence with what is `carried`, or of the next one, in its initial state. */
export function goOnAsNew<Event extends DomainEvent>(
  { key, seen }: { readonly key: string; readonly seen: () => readonly string[] },
  next: Pick<RecurringInput<Event>, 'waiting' | 'carried'> & {
    readonly occurrence: string;
    readonly initialState?: string;
  },
): Promise<never> {
  const { occurrence, waiting, carried, initialState } = next;
  const go = makeContinueAsNewFunc<(input: RecurringInput<Event>) => Promise<unknown>>({
    memo: { ...memoOfPlacement(), [OCCURRENCE_MEMO]: occurrence },
    ...(initialState !== undefined && { typedSearchAttributes: searchAttributesOf(key, initialState) }),
  });
  return go({ key, seen: seen(), ...(waiting && { waiting }), ...(carried && { carried }) });
}
