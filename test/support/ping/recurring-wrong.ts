import type { OccurrenceEnd } from '../../../src/saga';
import { failureOf, FLUSH_ATTEMPTS, openSaga, recurring, stepsOf } from '../../../src/saga';
import { AGAIN, PING_QUEUE } from './names';
import type { ProbeEvent } from './probe';
import type { ProbeActivities } from './probe-workflows';
import { PROBE_SHAPES } from './probe-workflows';

const steps = stepsOf<ProbeActivities>({ ...FLUSH_ATTEMPTS, taskQueue: PING_QUEUE });

/** A process that recurs, with a step whose key is that of the process instead of its occurrence. */
export const keyless = recurring<ProbeEvent, ProbeEvent, 'completed'>(
  async ({ key, opening: event, decisions, stepKey }): Promise<OccurrenceEnd<'completed'>> => {
    const saga = openSaga(decisions);
    try {
      await saga.step({
        run: () => steps.takeIn('Take the event', { key: `${key}:takeIn:0`, event }),
        undoneBy: 'giveBack',
        compensate: () => steps.takeIn('Give it back', { key: stepKey('giveBack'), event }),
      });
    } catch (error) {
      const { message } = failureOf(error);
      await saga.compensate('giving-back');
      return { state: 'completed', words: message };
    }
    return { state: 'completed', words: 'It is taken.' };
  },
  { opens: [AGAIN], shapes: PROBE_SHAPES, taskQueue: PING_QUEUE },
);
