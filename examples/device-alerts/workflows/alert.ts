import { isCancellation, setWorkflowOptions } from '@temporalio/workflow';
import type { Inbox, OccurrenceEnd, StepCall, Words } from 'sagaline/workflow';
import {
  code,
  failureOf,
  forwardSteps,
  markdown,
  openSaga,
  openSteps,
  recurring,
  SagaFailure,
  settingsReader,
  showState,
  versioned,
} from 'sagaline/workflow';
import { book, oncall } from '../domain/capabilities';
import type { AlertEnd, AlertState } from '../domain/names';
import { EVENTS, REASONS, TASK_QUEUES } from '../domain/names';
import type { DeviceSettings } from '../domain/settings';
import type { AlertEvent, Answer, Opening } from './event-shapes';
import { ALERT_SHAPES } from './event-shapes';

const OPENING = [EVENTS.alertRaised, EVENTS.readingReported] as const;
const ANSWER = [EVENTS.alertAcknowledged, EVENTS.alertResolved] as const;
const RESOLVED = [EVENTS.alertResolved] as const;

const settings = settingsReader<DeviceSettings>();

const show = (state: AlertState, words: Words) => {
  showState(state, words);
};

/**
 * One alert: the on-call is notified, level after level, until a person acknowledges; then the alert is resolved, or given
 * up. Another alert that is raised meanwhile is the next occurrence.
 */
export const alert = recurring<AlertEvent, Opening, AlertEnd>(
  async ({ key, opening, inbox, decisions }): Promise<OccurrenceEnd<AlertEnd>> => {
    const scope = openSaga(decisions);
    const { deviceId, temperature, at, alertId } = raisedBy(opening);
    const given = await settings(
      'ALERT_LEVELS',
      'ALERT_ACKNOWLEDGE_WITHIN_MS',
      'ALERT_RESOLVE_WITHIN_MS',
      'ALERT_STEP_WITHIN_MS',
      'ALERT_COMPENSATION_WITHIN_MS',
    );
    const use = openSteps({
      key,
      common: { deviceId, alertId },
      taskQueue: TASK_QUEUES.devices,
      deadlines: {
        stepWithinMs: given.ALERT_STEP_WITHIN_MS,
        compensationWithinMs: given.ALERT_COMPENSATION_WITHIN_MS,
        forwardWithinMs: given.ALERT_COMPENSATION_WITHIN_MS,
      },
    });
    const { openAlert, acknowledgeAlert, closeAlert } = use(book);
    const { openTicket, notifyOncall, solveTicket } = use(oncall);
    await forwardSteps(decisions).retriable(openAlert({ temperature, at }));

    try {
      await scope.step(openTicket({}));
      let answer = await escalate(inbox, (level) => notifyOncall({ level, temperature }), given);
      if (answer.type === EVENTS.alertAcknowledged) {
        show('acknowledged', `${answer.data.by} has taken it.`);
        await acknowledgeAlert({ by: answer.data.by }).run();
        const resolved = await inbox.take(RESOLVED, {
          ms: given.ALERT_RESOLVE_WITHIN_MS,
          waiting: 'Deadline for the resolution',
        });
        if (!resolved)
          throw new SagaFailure('refused', REASONS.unresolved, 'acknowledged, and never resolved');
        answer = resolved;
      }
      const { by } = answer.data;
      await scope.pivot(closeAlert({ outcome: 'resolved', reason: 'resolved', detail: `by ${by}` }));
    } catch (error) {
      const failure = failureOf(error);
      await scope.compensate('giving-up' satisfies AlertState);
      const { type: reason, message: detail } = failure;
      await scope.retriable(closeAlert({ outcome: 'given-up', reason, detail }));
      return { state: 'given-up', words: markdown`Because of ${code(reason)}: ${detail}` };
    }
    await scope.retriable(solveTicket({}));
    return { state: 'resolved', words: 'The device is well again.' };
  },
  {
    opens: OPENING,
    shapes: ALERT_SHAPES,
    taskQueue: TASK_QUEUES.devices,
    // A hot reading during an alert needs no answer: it is in the aggregates.
    moot: ({ type }) => type === EVENTS.readingReported,
  },
);

// An alert is open for hours at most.
setWorkflowOptions(versioned('PINNED'), alert);

/** @throws SagaFailure when no level answers */
async function escalate(
  inbox: Inbox<AlertEvent>,
  notify: (level: number) => StepCall<void>,
  {
    ALERT_LEVELS: levels,
    ALERT_ACKNOWLEDGE_WITHIN_MS: ms,
  }: Pick<DeviceSettings, 'ALERT_LEVELS' | 'ALERT_ACKNOWLEDGE_WITHIN_MS'>,
): Promise<Answer> {
  for (let level = 1; level <= levels; level++) {
    show(`awaiting-level-${level}`, `Level ${level} of ${levels} is told.`);
    try {
      await notify(level).run();
    } catch (error) {
      if (isCancellation(error)) throw error;
      // A person who cannot be notified does not answer either: the next level is tried.
      continue;
    }
    const answer = await inbox.take(ANSWER, { ms, waiting: `Deadline for level ${level}` });
    if (answer) return answer;
  }
  throw new SagaFailure('refused', REASONS.unanswered, `nobody on ${levels} levels has answered`);
}

/** The data of an alert as it was raised; one that was raised by a reading gets its id from the time. */
function raisedBy({ type, data }: Opening) {
  if (type === EVENTS.alertRaised) return data;
  return { ...data, alertId: `r-${data.at.replace(/[^0-9]/g, '')}` };
}
