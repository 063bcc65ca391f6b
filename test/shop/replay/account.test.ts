import { readFileSync } from 'node:fs';
import path from 'node:path';
import { prepared } from '../../support/setup/handover';
import { quietRuntime, replay, replayHistory, verdictInWords } from '../../../src/testing';

/** What you read when you have broken what is under way. */

beforeAll(quietRuntime);

interface History {
  readonly events: readonly { workflowExecutionStartedEventAttributes?: { workflowId: string } }[];
}

const recorded = (name: string) =>
  JSON.parse(readFileSync(path.join(__dirname, 'histories', `${name}.json`), 'utf8')) as History;
const idIn = ({ events }: History) => events[0]?.workflowExecutionStartedEventAttributes?.workflowId ?? '';
const bundle = (name: 'product' | 'pause' | 'sequence') => ({ codePath: prepared('bundles')[name] });

test('a history that replays', async () => {
  const completed = recorded('completed');
  const verdict = await replayHistory(completed, bundle('product'));
  expect(idIn(completed)).toMatch(/^order-completed-/);
  expect(verdict).toEqual({ kind: 'replays', workflowId: idIn(completed) });
  expect(verdictInWords(verdict)).toBe(`${idIn(completed)} replays`);
});

test('the first difference, in words', async () => {
  const early = recorded('completed-notification-before-the-order');
  const verdict = await replayHistory(early, bundle('pause'), { workflowId: 'order-1' });
  expect(verdictInWords(verdict)).toBe(
    [
      `${idIn(early)} differs at event 6`,
      '  expected: search attributes SagaState = awaiting-submission',
      '  got:      a timer',
      '  the SDK says: Timer machine does not handle this event: HistoryEvent(id: 6, UpsertWorkflowSearchAttributes)',
    ].join('\n'),
  );
});

test('what is no history', async () => {
  expect(await replayHistory({ events: [] }, bundle('product'), { workflowId: 'order-1' })).toEqual({
    kind: 'fails',
    workflowId: 'order-1',
    message: 'the history cannot be read: it has no events',
  });
});

test('of several, those that differ are told of', async () => {
  const early = recorded('completed-notification-before-the-order');
  await expect(replay({ early }, bundle('product'))).resolves.toBeUndefined();
  const breaking = replay({ early, completed: recorded('completed') }, bundle('sequence'));
  await expect(breaking).rejects.toThrow(
    /^2 of 2 histories do not replay\.\n\nearly: order-\S+ differs at event 6[^]*got: {6}an activity[^]*\n\ncompleted: order-\S+ differs at event 6\n {2}expected: local activity openOrder/,
  );
});
