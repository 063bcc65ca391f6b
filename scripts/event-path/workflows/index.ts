import { openInbox, stepsOnOwnDatabase } from 'sagaline/workflow';
import { ASKED, QUEUE } from '../names';

interface Asked {
  readonly id: string;
  readonly source: string;
  readonly type: typeof ASKED;
  readonly key: string;
  readonly data: { readonly questionId: string };
}

interface QuestionActivities {
  answer(input: { readonly key: string; readonly questionId: string }): Promise<void>;
}

const DAY_MS = 24 * 60 * 60_000;

/** Answers each question that it receives. */
export async function question({ key }: { key: string }): Promise<never> {
  const inbox = openInbox<Asked>({ key, shapes: { [ASKED]: { questionId: 'key' } } });
  const { answer } = stepsOnOwnDatabase<QuestionActivities>({
    taskQueue: QUEUE,
    startToCloseTimeout: '10 seconds',
  });
  for (let number = 0; ; number++) {
    const asked = await inbox.take([ASKED], { ms: DAY_MS, waiting: 'Waiting for a question' });
    if (asked) await answer('Answer', { key: `${key}:answer:${number}`, questionId: key });
  }
}
