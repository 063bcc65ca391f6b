import type { DomainEvent } from '../../contracts/model/event';
import type { Words } from '../../contracts/names/markdown';
import type { DeadLetterChannel } from '../dead-letter-channel';
import type { Questions } from '../decision';
import type { Inbox } from '../inbox';

/** One occurrence of a recurring process. */
export interface Occurrence<Event extends DomainEvent, Opening extends Event = Event, Progress = undefined> {
  /** The correlation key. */
  readonly key: string;
  /** 16 hexadecimal digits, made of the event that opened it: the same event always opens the same occurrence. */
  readonly id: string;
  /** The event that opened it; it is not in the inbox any more. */
  readonly opening: Opening;
  readonly inbox: Inbox<Event>;
  readonly deadLetterChannel: DeadLetterChannel;
  readonly decisions: Questions;
  /** The value that {@link Occurrence.continueAsNew} was called with; `undefined` in the first run. */
  readonly progress: Progress | undefined;
  /**
   * Makes the key of a step: `<correlation key>.<occurrence>:<step>:<number>`. A step without the occurrence in its key
   * is refused.
   *
   * @param number distinguishes several calls of one step in the same occurrence. Default: 0
   */
  readonly stepKey: (step: string, number?: number) => string;
  /**
   * Continues this occurrence in a new run, with the events that were not taken. Call it when the history grows long.
   */
  readonly continueAsNew: (progress: Progress) => Promise<never>;
}

/** How an occurrence has ended. */
export interface OccurrenceEnd<State extends string = string> {
  readonly state: State;
  /** For people, on the workflow's page beside the state: plain text, or Markdown made with `markdown`. */
  readonly words: Words;
}
