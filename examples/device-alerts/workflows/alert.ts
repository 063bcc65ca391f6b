import {
  ApplicationFailure,
  CancellationScope,
  isCancellation,
  setWorkflowOptions,
} from '@temporalio/workflow';
import type { Inbox, SagaResult } from 'sagaline/workflow';
import {
  failureOf,
  FAILURES,
  forwardSteps,
  openBurials,
  openDecisions,
  openInbox,
  openSaga,
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

const burials = openBurials({ taskQueue: TASK_QUEUES.devices });

const show = (state: AlertState, words: string) => {
  showState(state, words);
};

/** One alert: the on-call is told, level after level, until somebody takes it; then it is resolved, or given up. */
export async function alert({ key }: { key: string }): Promise<SagaResult<AlertEnd>> {
  const inbox = openInbox<AlertEvent>({ key, shapes: ALERT_SHAPES });
  const decisions = openDecisions();
  const scope = openSaga(decisions);
  const opening = inbox.takeNow(OPENING);
  if (!opening) throw ApplicationFailure.nonRetryable(`no alert of ${key} was raised`, FAILURES.unmatched);

  const raised = raisedBy(opening);
  const terms = await openAlert(raised, forwardSteps(decisions));
  const steps = stepsFor(raised, terms);
  const end = async (state: AlertEnd, words: string): Promise<SagaResult<AlertEnd>> => {
    // A hot reading is in the aggregates; only people's answers are owed an answer.
    const moot = ({ type }: AlertEvent) => type === EVENTS.readingReported;
    await burials.buryLeftOvers(inbox, `the alert is ${state}`, { moot });
    show(state, words);
    return { state, seen: inbox.seen() };
  };

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
      if (!resolved) throw new SagaFailure('refused', REASONS.unresolved, 'acknowledged, and never resolved');
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
    return CancellationScope.nonCancellable(async () => {
      await scope.retriable({
        name: 'closeAlert',
        run: () => steps.closeAlert('given-up', { reason: failure.type, detail: failure.message }),
      });
      return end('given-up', `Because of \`${failure.type}\`: ${failure.message}`);
    });
  }
  return CancellationScope.nonCancellable(async () => {
    await scope.retriable({ name: 'solveTicket', run: () => steps.solveTicket() });
    return end('resolved', 'The device is well again.');
  });
}

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
