/** Processes that recur: one workflow for each correlation key, with one occurrence after the other. */
import { ApplicationFailure, CancellationScope, upsertMemo, workflowInfo } from '@temporalio/workflow';
import type { DomainEvent } from '../../contracts/model/event';
import {
  OCCURRENCE_MEMO,
  OCCURRENCE_REPEATED,
  occurrenceOf,
  stepKeyOf,
} from '../../contracts/names/occurrence';
import { workflowIdOf } from '../../contracts/names/subject';
import type { SagaResult } from '../../contracts/names/saga';
import { FAILURES } from '../../contracts/names/saga';
import type { EventShapes } from '../accepted';
import { follow } from '../steps';
import { openDeadLetterChannel } from '../dead-letter-channel';
import { openDecisions } from '../decision';
import { forwardSteps } from '../forward';
import { openInbox } from '../inbox';
import { showState, shownState } from '../state';
import { endOccurrence } from './end';
import type { RecurringInput } from './next-run';
import { goOnAsNew } from './next-run';
import type { Occurrence, OccurrenceEnd } from './occurrence';
import { openRecords } from './records';
import { beginRecurring, enterOccurrence } from './running';

export type { RecurringInput } from './next-run';
export type { Occurrence, OccurrenceEnd } from './occurrence';

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
    const opened = beginRecurring();
    const initialState = carried?.initialState ?? shownState();
    const received = new Set(carried?.received);
    const hear = (event: Event) => {
      if (isOpening(event)) received.add(occurrenceOf(workflowId, event));
    };
    waiting?.forEach(hear);
    const inbox = openInbox<Event>({ key, shapes }, { seen, waiting, received: hear });
    const decisions = openDecisions();
    const deadLetterChannel = openDeadLetterChannel({ taskQueue });
    const records = openRecords(forwardSteps(decisions), { correlationKey: key, taskQueue });
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

    if (carried === undefined && (await records.hasEnded(id))) return finish(REPEATED);
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
      return CancellationScope.nonCancellable(async () => {
        const next = await endOccurrence({
          workflowId,
          state,
          inbox,
          deadLetterChannel,
          isOpening,
          moot,
          received,
          record: records.add,
        });
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
