import type { HistoryEntry, PendingStep, Saga } from '../../adapters/temporal';
import { historyEntries } from '../../adapters/temporal';
import type { OperatorContext } from '../context';
import { linkTo } from '../link';
import { existingSaga } from './find';
import type { Asked } from './question';
import { whatIsAsked } from './question';
import type { Decided } from './record';
import { decisionsOn } from './record';

/** Entries of a history that are kept. Of a longer history only the end is shown, with a note. */
const MOST_STEPS = 200;

/** Where one saga stands. */
export interface SagaFile {
  readonly saga: Saga;
  readonly pending: readonly PendingStep[];
  readonly asked: Asked;
  readonly steps: readonly HistoryEntry[];
  /** How many older steps are left out. */
  readonly omitted: number;
  readonly decisions: readonly Decided[];
  /** Its page in the Temporal UI. */
  readonly link: string;
}

/** @throws OperatorError `unknown-saga` */
export async function sagaFile(context: OperatorContext, workflowId: string): Promise<SagaFile> {
  const { saga, pending } = await existingSaga(context, workflowId);
  const asked: Asked =
    saga.status === 'RUNNING' ? await whatIsAsked(context, saga) : { kind: 'asks-nothing', words: '' };
  const { steps, omitted } = await latestSteps(context, saga);
  const { decisions } = await decisionsOn(workflowId, (await context.deadLetters()).operations);
  const link = linkTo(context.config(), workflowId, saga.runId);
  return { saga, pending, asked, steps, omitted, decisions, link };
}

/** The end of a run's history. */
export async function latestSteps(
  context: OperatorContext,
  { workflowId, runId }: Saga,
): Promise<Pick<SagaFile, 'steps' | 'omitted'>> {
  const steps: HistoryEntry[] = [];
  let omitted = 0;
  for await (const historyEntry of historyEntries(await context.temporal(), workflowId, runId, {
    follow: false,
  })) {
    steps.push(historyEntry);
    if (steps.length > MOST_STEPS) {
      steps.shift();
      omitted += 1;
    }
  }
  return { steps, omitted };
}
