import { ApplicationFailure, CancellationScope, upsertMemo, workflowInfo } from '@temporalio/workflow';
import type { DomainEvent } from '../contracts/model/event';
import { OCCURRENCE_MEMO, OCCURRENCE_REPEATED, occurrenceOf, stepKeyOf } from '../contracts/names/occurrence';
import { workflowIdOf } from '../contracts/names/subject';
import type { SagaResult } from '../contracts/names/saga';
import { FAILURES } from '../contracts/names/saga';
import type { EventShapes } from './accepted';
import { STEP_ATTEMPTS } from './attempts';
import type { DeadLetterChannel } from './dead-letter-channel';
import { openDeadLetterChannel } from './dead-letter-channel';
import type { Questions } from './decision';
import { openDecisions } from './decision';
import { forwardSteps } from './forward';
import type { Inbox } from './inbox';
import { openInbox } from './inbox';
import { beginRecurring, enterOccurrence, openedOccurrence } from './occurrence';
import { endOccurrence } from './occurrence-end';
import type { RecurringInput } from './recurring-run';
import { goOnAsNew } from './recurring-run';
import { showState, shownState } from './state';
import { follow, stepsOnOwnDatabase } from './steps';

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
  /** Markdown for people: the text that the workflow's page shows beside the state. */
  readonly words: string;
}

/** The engine's own activities, which the worker of the workflow's pool has. */
interface OccurrenceActivities {
  hasOccurrenceEnded(input: {
    readonly correlationKey: string;
    readonly occurrence: string;
  }): Promise<boolean>;
  endOccurrences(input: {
    readonly correlationKey: string;
    readonly occurrences: readonly string[];
  }): Promise<void>;
}

const REPEATED = {
  state: OCCURRENCE_REPEATED,
  words: 'A repeat has opened it: this occurrence has ended before. Nothing was done.',
} as const;

/**
 * Makes a recurring process: when an occurrence has ended, the next event that may open the process begins another one.
 * The engine opens the inbox, which drops the events that earlier occurrences have received. It also makes the step
 * keys, and ends the occurrence.
 *
 * An event that may open the process and comes while an occurrence runs belongs to that occurrence. If the occurrence
 * ends without taking it, the first of these events opens the next occurrence, and all events behind that one go along.
 * The other events that are left become dead letters with the reason `late`.
 *
 * @param run the process; its result ends the occurrence, and an error fails the workflow
 * @param options.opens types of the events that may open it
 * @param options.shapes shapes of the event types that its routes name
 * @param options.taskQueue task queue of the workflow's own pool, whose activities include
 * `createDeadLetterActivities(database)`
 * @param options.moot whether an event that is left needs no answer, and is dropped. Default: none is
 *
 * @example
 * const oncallSteps = stepsOf<OncallActivities>(options);
 * export const ringing = recurring<AlertEvent, EventOf<typeof alertRaised>, 'taken' | 'ignored'>(
 *   async ({ opening, inbox, stepKey }) => {
 *     await oncallSteps.openTicket('Open a ticket', { key: stepKey('openTicket'), deviceId: opening.key });
 *     const answer = await inbox.take([alertAcknowledged.type], { ms: 60_000, waiting: 'Deadline for an answer' });
 *     return { state: answer ? 'taken' : 'ignored', words: 'The alert is over.' };
 *   },
 *   {
 *     opens: [alertRaised.type],
 *     shapes: { [alertRaised.type]: { deviceId: 'key' }, [alertAcknowledged.type]: { deviceId: 'key' } },
 *     taskQueue: 'devices',
 *   },
 * );
 */
export function recurring<
  Event extends DomainEvent,
  Opening extends Event,
  State extends string,
  Progress = undefined,
>(
  run: (occurrence: Occurrence<Event, Opening, Progress>) => Promise<OccurrenceEnd<State>>,
  options: {
    readonly opens: readonly Opening['type'][];
    readonly shapes: EventShapes<Event>;
    readonly taskQueue: string;
    readonly moot?: (event: Event) => boolean;
  },
): (input: RecurringInput<Event>) => Promise<SagaResult<State | typeof OCCURRENCE_REPEATED>> {
  const { opens, shapes, taskQueue, moot = () => false } = options;
  const isOpening = (event: Event) => opens.includes(event.type);

  return async function recur({ key, seen, waiting, carried }) {
    // Computed, because a replayed history may not have the id from Temporal.
    const workflowId = workflowIdOf({ name: workflowInfo().workflowType }, key);
    const opened = openedAs();
    const initialState = carried?.initialState ?? shownState();
    const received = new Set(carried?.received);
    const hear = (event: Event) => {
      if (isOpening(event)) received.add(occurrenceOf(workflowId, event));
    };
    waiting?.forEach(hear);
    const inbox = openInbox<Event>({ key, shapes }, { seen, waiting, received: hear });
    const decisions = openDecisions();
    const deadLetterChannel = openDeadLetterChannel({ taskQueue });
    const steps = stepsOnOwnDatabase<OccurrenceActivities>({ ...STEP_ATTEMPTS, taskQueue });
    const forward = forwardSteps(decisions);
    const nextRun = { key, seen: () => inbox.seen() };

    const opening = carried?.opening ?? inbox.takeNow<Event['type']>(opens);
    if (opening === undefined) {
      await deadLetterChannel.sendLeftOvers(inbox, 'no event opens it', { reason: 'unmatched' });
      throw ApplicationFailure.nonRetryable(`no event opens ${workflowId}`, FAILURES.unmatched);
    }
    // A constant with this type, for the functions below, which are hoisted.
    const opener: Event = opening;
    follow(opener);
    const id = occurrenceOf(workflowId, opener);
    // The event that this run was opened for expired between two runs; the event behind it opens the occurrence.
    if (id !== opened) upsertMemo({ [OCCURRENCE_MEMO]: id });
    enterOccurrence(id);

    const isRepeat =
      carried === undefined &&
      (await forward.retriable({
        name: 'hasOccurrenceEnded',
        run: () =>
          steps.hasOccurrenceEnded('Look whether it has ended before', {
            correlationKey: key,
            occurrence: id,
          }),
      }));
    if (isRepeat) return finish(REPEATED);
    return finish(
      await run({
        key,
        id,
        // `takeNow` returns only events of the types that open it.
        opening: opener as Opening,
        inbox,
        deadLetterChannel,
        decisions,
        progress: carried?.progress as Progress | undefined,
        stepKey: (step, number) => stepKeyOf(key, id, step, number),
        continueAsNew,
      }),
    );

    async function continueAsNew(progress: Progress): Promise<never> {
      for (const { reason, events } of inbox.drainRefused())
        await deadLetterChannel.send(events, reason, 'it goes on in a new run');
      return goOnAsNew<Event>(nextRun, {
        occurrence: id,
        waiting: inbox.drain(),
        carried: { opening: opener, received: [...received], initialState, progress },
      });
    }

    function finish<End extends string>({ state, words }: OccurrenceEnd<End>): Promise<SagaResult<End>> {
      const record = (occurrences: readonly string[]) =>
        forward.retriable({
          name: 'endOccurrences',
          run: () => steps.endOccurrences('Record that it has ended', { correlationKey: key, occurrences }),
        });
      return CancellationScope.nonCancellable(async () => {
        const parts = { workflowId, state, inbox, deadLetterChannel, isOpening, moot, received, record };
        const next = await endOccurrence(parts);
        // From here on, nothing is awaited. If a signal comes, the server refuses the end, and the workflow task runs
        // again.
        showState(state, words);
        const [first] = next;
        if (first === undefined) return { state, seen: inbox.seen() };
        const occurrence = occurrenceOf(workflowId, first);
        return goOnAsNew<Event>(nextRun, { occurrence, waiting: next, initialState });
      });
    }
  };
}

function openedAs(): string {
  beginRecurring();
  const opened = openedOccurrence();
  if (opened !== undefined) return opened;
  const { workflowType } = workflowInfo();
  const message = `"${workflowType}" is made with \`recurring\`, and was opened without an occurrence: give its definition \`recurs: true\``;
  throw ApplicationFailure.nonRetryable(message, FAILURES.invalidInput);
}
