import { ApplicationFailure, setWorkflowOptions } from '@temporalio/workflow';
import type { EventOf } from 'sagaline';
import type { SagaResult } from 'sagaline/workflow';
import {
  failureOf,
  FAILURES,
  openDeadLetterChannel,
  openDecisions,
  openInbox,
  openSaga,
  openSteps,
  showState,
  versioned,
} from 'sagaline/workflow';
import * as capabilities from '../../domains/tickets/capabilities';
import type { ticketRequested } from '../../domains/tickets/events/ticket-requested';
import { EVENTS, TASK_QUEUES } from '../../domains/tickets/names';

const taskQueue = TASK_QUEUES.tickets;
const deadLetterChannel = openDeadLetterChannel({ taskQueue });
const MINUTE = 60_000;
// A step that is given up is compensated. If a compensation, or a step after the pivot, is given up, the saga waits for a person.
const deadlines = { stepWithinMs: MINUTE, compensationWithinMs: 10 * MINUTE, forwardWithinMs: 10 * MINUTE };

/** One `ticket`: all its steps are done, or they are compensated. */
export async function ticket({ key }: { key: string }): Promise<SagaResult<'completed' | 'compensated'>> {
  const inbox = openInbox<EventOf<typeof ticketRequested>>({
    key,
    // The bridge has checked the data by its contract; a signal by hand may carry anything.
    shapes: { [EVENTS.ticketRequested]: { id: 'key' } },
  });
  const saga = openSaga(openDecisions());
  const use = openSteps({ key, common: { id: key }, deadlines, taskQueue });
  const { reserveSeat } = use(capabilities.reserveSeat);
  if (!inbox.takeNow([EVENTS.ticketRequested]))
    throw ApplicationFailure.nonRetryable(`nothing has opened ${key}`, FAILURES.unmatched);

  const end = async (state: 'completed' | 'compensated', words: string) => {
    await deadLetterChannel.sendLeftOvers(inbox, words);
    showState(state, words);
    return { state, seen: inbox.seen() };
  };

  try {
    await saga.step(reserveSeat({}));
  } catch (error) {
    const { message } = failureOf(error);
    await saga.compensate('compensating');
    return end('compensated', `Compensated: ${message}`);
  }
  return end('completed', 'All steps are done.');
}

// A run stays with the version of the code that started it.
setWorkflowOptions(versioned('PINNED'), ticket);
