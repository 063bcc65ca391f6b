import { proxyActivities } from '@temporalio/workflow';
import type { SagaResult } from '../../../src/contracts/names/saga';
import { showState } from '../../../src/saga';

const { labour } = proxyActivities<{ labour(): Promise<void> }>({
  startToCloseTimeout: '10 seconds',
  retry: { initialInterval: '200 milliseconds', backoffCoefficient: 1 },
});

/** Has one step, which fails as long as its worker lets it. */
export async function laborious(): Promise<SagaResult> {
  showState('labouring', 'The step is under way.');
  await labour();
  showState('rested', 'All is done.');
  return { state: 'rested', seen: [] };
}
