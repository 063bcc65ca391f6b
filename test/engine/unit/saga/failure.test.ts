// What a failure means to a saga is what it carries, and never whether it may be retried.
import {
  ActivityFailure,
  ApplicationFailure,
  RetryState,
  TimeoutFailure,
  TimeoutType,
} from '@temporalio/common';
import { finalFailure } from '../../../../src/effects';
import { asWorkflowFailure, failureOf, SagaFailure } from '../../../../src/saga/failure';

const ofActivity = (cause: Error) =>
  new ActivityFailure('Activity task failed', 'step', '1', RetryState.NON_RETRYABLE_FAILURE, 'worker', cause);

test.each(['refused', 'defect'] as const)('%s is what the failure says', (meaning) => {
  const failure = failureOf(ofActivity(finalFailure(meaning, 'a-type', 'because')));
  expect(failure).toMatchObject({ kind: meaning, type: 'a-type', message: 'because' });
});

test.each([
  ['one that says nothing', ApplicationFailure.nonRetryable('gone', 'card-declined')],
  ['one that says something else', ApplicationFailure.nonRetryable('gone', 'card-declined', 'refused')],
  ['one of a later version', ApplicationFailure.nonRetryable('gone', 'card-declined', { meaning: 'maybe' })],
  ['an error', new Error('gone')],
  ['a time-out', new TimeoutFailure('timed out', undefined, TimeoutType.START_TO_CLOSE)],
])('%s had an effect that nobody knows, although it is not retried', (_, cause) => {
  expect(failureOf(ofActivity(cause))).toMatchObject({ kind: 'unknown', type: 'step-failed' });
});

test('a time-out has the words of the last attempt', () => {
  const cause = new TimeoutFailure('timed out', undefined, TimeoutType.SCHEDULE_TO_CLOSE);
  Object.assign(cause, { cause: new Error('nobody answers') });
  expect(failureOf(ofActivity(cause)).message).toBe('nobody answers');
});

test('the failure of a workflow carries the meaning on', () => {
  const failure = new SagaFailure('defect', 'invalid-input', 'not that');
  expect(asWorkflowFailure(failure)).toMatchObject({ nonRetryable: true, details: [{ meaning: 'defect' }] });
});
