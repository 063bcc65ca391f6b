import type { Saga } from '../../adapters/temporal';
import { waitsForPerson } from '../../contracts';
import type { OperatorContext } from '../context';
import { OperatorError } from '../error';
import type { DecisionKind, Question } from './question';
import { whatIsAsked } from './question';
import type { Decided, PastDecisions } from './record';
import { decisionsOn } from './record';

/**
 * Finds the question that a decision answers, and the decisions before it.
 *
 * @param again whether a question may be answered that was answered before
 * @throws OperatorError if the saga asks nothing, or nothing that this decision answers, or was answered already
 */
export async function pendingQuestion(
  context: OperatorContext,
  saga: Saga,
  { decision, again }: { readonly decision: DecisionKind; readonly again: boolean },
): Promise<{ readonly question: Question; readonly past: PastDecisions }> {
  const question = await questionToDecide(context, saga, decision);
  const { operations } = await context.deadLetters();
  const past = await decisionsOn(saga.workflowId, operations);
  if (!again) refuseSecond(past.decisions.at(-1), saga, question);
  return { question, past };
}

async function questionToDecide(context: OperatorContext, saga: Saga, kind: DecisionKind): Promise<Question> {
  const { workflowId, state, status } = saga;
  if (status !== 'RUNNING') {
    throw new OperatorError(
      'not-stuck',
      `${workflowId} has ended: ${[status.toLowerCase(), state].join(', ')}`,
    );
  }
  const asked = await whatIsAsked(context, saga);
  switch (asked.kind) {
    case 'unknown':
      throw new OperatorError('no-answer', `nobody can say what ${workflowId} asks: ${asked.why}`);
    case 'asks-nothing':
      if (!waitsForPerson(context.processes, saga)) {
        throw new OperatorError('not-stuck', `${workflowId} is ${state}, and asks nobody`);
      }
      throw new OperatorError('not-possible', `no decision helps ${workflowId}: ${asked.words}`, 'refused', {
        decisions: [],
      });
    case 'asks': {
      const { decisions, what, message } = asked.question;
      if (decisions.includes(kind)) return asked.question;
      throw new OperatorError(
        'not-possible',
        `${kind} does not answer "${what}: ${message}"; possible is ${decisions.join(', ')}`,
        'refused',
        { decisions },
      );
    }
  }
}

/**
 * Refuses a second decision on the same question. If the first one was recorded but not delivered, you repeat it with `--again`.
 */
function refuseSecond(latest: Decided | undefined, { workflowId, runId }: Saga, { since }: Question): void {
  if (latest?.runId !== runId || latest.since !== since) return;
  const { decision, by, at } = latest;
  throw new OperatorError(
    'decided-already',
    `${by} has decided this at ${at}: ${decision}. If ${workflowId} does not take it, decide with --again`,
  );
}
