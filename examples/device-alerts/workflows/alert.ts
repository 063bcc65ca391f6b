import { isCancellation, setWorkflowOptions } from '@temporalio/workflow';
import type { Inbox, OccurrenceEnd } from 'sagaline/workflow';
import {
  failureOf,
  forwardSteps,
  openSaga,
  recurring,
  SagaFailure,
  showState,
  versioned,
} from 'sagaline/workflow';
import type { AlertTerms } from '../activities/alerts';
import type { AlertEnd, AlertState } from '../domain/names';
import { EVENTS, REASONS, TASK_QUEUES } from '../domain/names';
import type { RaisedAlert } from './alert-steps';
import { openAlert, stepsFor } from './alert-steps';
import type { AlertEvent, Answer, Opening } from './event-shapes';
import { ALERT_SHAPES } from './event-shapes';

const OPENING = [EVENTS.alertRaised, EVENTS.readingReported] as const;
const ANSWER = [EVENTS.alertAcknowledged, EVENTS.alertResolved] as const;
const RESOLVED = [EVENTS.alertResolved] as const;

const show = (state: AlertState, words: string) => {
  showState(state, words);
};

/**
 * One alert: the on-call is told, level after level, until somebody takes it; then it is resolved, or given up. Another alert that
 * is raised meanwhile is the next occurrence.
 */
export const alert = recurring<AlertEvent, Opening, AlertEnd>(
  async ({ opening, inbox, decisions, stepKey }): Promise<OccurrenceEnd<AlertEnd>> => {
    const scope = openSaga(decisions);
    const raised = raisedBy(opening);
    const terms = await openAlert(raised, stepKey, forwardSteps(decisions));
    const steps = stepsFor(raised, stepKey, terms);

    try {
      await scope.step(steps.openTicket);
      let answer = await escalate(inbox, steps, terms);
      if (answer.type === EVENTS.alertAcknowledged) {
        show('acknowledged', `${answer.data.by} has taken it.`);
        await steps.acknowledgeAlert(answer.data.by);
        const resolved = await inbox.take(RESOLVED, {
          ms: terms.resolveWithinMs,
          waiting: 'Deadline for the resolution',
        });
        if (!resolved)
          throw new SagaFailure('refused', REASONS.unresolved, 'acknowledged, and never resolved');
        answer = resolved;
      }
      const { by } = answer.data;
      await scope.pivot({
        name: 'closeAlert',
        run: () => steps.closeAlert('resolved', { reason: 'resolved', detail: `by ${by}` }),
      });
    } catch (error) {
      const failure = failureOf(error);
      await scope.compensate('giving-up' satisfies AlertState);
      await scope.retriable({
        name: 'closeAlert',
        run: () => steps.closeAlert('given-up', { reason: failure.type, detail: failure.message }),
      });
      return { state: 'given-up', words: `Because of \`${failure.type}\`: ${failure.message}` };
    }
    await scope.retriable({ name: 'solveTicket', run: () => steps.solveTicket() });
    return { state: 'resolved', words: 'The device is well again.' };
  },
  {
    opens: OPENING,
    shapes: ALERT_SHAPES,
    taskQueue: TASK_QUEUES.devices,
    // A hot reading during an alert is in the aggregates.
    moot: ({ type }) => type === EVENTS.readingReported,
  },
);

// It is open for hours at most.
setWorkflowOptions(versioned('PINNED'), alert);

/** @throws SagaFailure where nobody answers */
async function escalate(
  inbox: Inbox<AlertEvent>,
  steps: ReturnType<typeof stepsFor>,
  { levels, acknowledgeWithinMs: ms }: AlertTerms,
): Promise<Answer> {
  for (let level = 1; level <= levels; level++) {
    show(`awaiting-level-${level}`, `Level ${level} of ${levels} is told.`);
    try {
      await steps.notifyOncall(level);
    } catch (error) {
      if (isCancellation(error)) throw error;
      // Who cannot be told does not answer either: the next level.
      continue;
    }
    const answer = await inbox.take(ANSWER, { ms, waiting: `Deadline for level ${level}` });
    if (answer) return answer;
  }
  throw new SagaFailure('refused', REASONS.unanswered, `nobody on ${levels} levels has answered`);
}

function raisedBy({ type, data }: Opening): RaisedAlert {
  if (type === EVENTS.alertRaised) return data;
  // Of a reading: told apart by its time.
  return { ...data, alertId: `r-${data.at.replace(/[^0-9]/g, '')}` };
}
