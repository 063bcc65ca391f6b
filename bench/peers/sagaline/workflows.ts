import { setWorkflowOptions } from '@temporalio/workflow';
import type { DomainEvent } from '../../../src/contracts/model/event';
import type { SagaResult } from '../../../src/contracts/names/saga';
import {
  openDecisions,
  openInbox,
  openSaga,
  showState,
  stepsOnOwnDatabase,
  versioned,
} from '../../../src/saga';
import type { StepActivities } from './activities';
import { QUEUE, REQUESTED } from './names';
import { STEPS } from '../steps';

type Requested = DomainEvent<typeof REQUESTED, { readonly sagaId: string }>;

const steps = stepsOnOwnDatabase<StepActivities>({ startToCloseTimeout: '10 seconds', taskQueue: QUEUE });

/** Five steps on our own database, each with its compensation registered before it: a saga as the shop's order is written. */
export async function fiveSteps({ key }: { key: string }): Promise<SagaResult<'completed' | 'compensated'>> {
  const inbox = openInbox<Requested>({ key, shapes: { [REQUESTED]: { sagaId: 'key' } } });
  const saga = openSaga(openDecisions());
  await inbox.takeWhenever([REQUESTED]);
  try {
    for (const step of STEPS) {
      const input = { saga: key, step };
      await saga.step({
        run: () => steps.applyStep(step, input),
        undoneBy: `compensate ${step}`,
        compensate: () => steps.compensationStep(`compensate ${step}`, input),
      });
    }
  } catch {
    await saga.compensate('compensating');
    showState('compensated', 'A step could not be done: what was done is compensated.');
    return { state: 'compensated', seen: inbox.seen() };
  }
  showState('completed', 'All five steps are done.');
  return { state: 'completed', seen: inbox.seen() };
}

setWorkflowOptions(versioned('PINNED'), fiveSteps);
