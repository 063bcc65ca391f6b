import { makeContinueAsNewFunc } from '@temporalio/workflow';
import type { DomainEvent } from '../../contracts/model/event';
import { OCCURRENCE_MEMO } from '../../contracts/names/occurrence';
import { memoOfPlacement } from '../placement';
import { searchAttributesOf } from '../state';

/** The input of a recurring process, from the bridge that opens an occurrence or from the previous run. */
export interface RecurringInput<Event> {
  readonly key: string;
  /** Remembered identities of the events that earlier occurrences have received. */
  readonly seen?: readonly string[];
  /** Events that the previous run had received and not taken. */
  readonly waiting?: readonly Event[];
  /** What the previous run of the same occurrence hands over. */
  readonly carried?: {
    readonly opening: Event;
    /** Occurrences of the received events that may open one. */
    readonly received: readonly string[];
    readonly initialState: string;
    readonly progress: unknown;
  };
}

/**
 * Continues in a new run: the same occurrence with its `carried` state, or the next occurrence in its initial state.
 */
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
