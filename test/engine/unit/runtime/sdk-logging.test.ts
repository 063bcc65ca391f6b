// The lines of Temporal's SDK in the log of the process: the log's own fields, and one line for a failed attempt.
import { PassThrough } from 'node:stream';
import { createLog } from '../../../../src/adapters/log';
import { finalFailure } from '../../../../src/effects';
import { sdkLogging } from '../../../../src/runtime/roles/sdk-logging';
import { rememberingLog } from '../../../support/log';

const ATTEMPT = {
  ...{ isLocal: false, attempt: 3, namespace: 'default', taskToken: 'x'.repeat(300), activityId: '7' },
  ...{
    activityType: 'authorizePayment',
    taskQueue: 'payments',
    workflowId: 'order-o-1',
    workflowRunId: 'run-1',
  },
  ...{
    workflowType: 'order',
    sdkComponent: 'worker',
    eventId: 'e-1',
    traceId: 'a'.repeat(32),
    durationMs: 12,
  },
};
const away = new Error('fetch failed', { cause: new Error('connect ECONNREFUSED 127.0.0.1:1') });
const failed = { ...ATTEMPT, error: new Error('payment provider: no answer', { cause: away }) };

test('a failed attempt has the fields of the log, its causes and no stack', () => {
  const log = rememberingLog();
  sdkLogging(log).logger.warn('Activity failed', failed);
  expect(log.lines).toEqual([
    {
      level: 'warn',
      message: 'a step has failed',
      fields: {
        ...{ attempt: 3, activityType: 'authorizePayment', taskQueue: 'payments', workflowId: 'order-o-1' },
        ...{ runId: 'run-1', workflowType: 'order', eventId: 'e-1', traceId: 'a'.repeat(32), durationMs: 12 },
        failure:
          'Error: payment provider: no answer < Error: fetch failed < Error: connect ECONNREFUSED 127.0.0.1:1',
        meaning: 'unknown',
      },
    },
  ]);
});

test.each(['pretty', 'json'] as const)('it is one line in the format %s', (format) => {
  const to = new PassThrough();
  sdkLogging(createLog({ role: 'test', level: 'info', format, to })).logger.warn('Activity failed', failed);
  expect(String(to.read()).trimEnd().split('\n')).toHaveLength(1);
});

test('a refusal is an outcome, and no warning', () => {
  const log = rememberingLog();
  const error = finalFailure('refused', 'card-declined', 'The card was declined.');
  sdkLogging(log).logger.warn('Activity failed', { ...ATTEMPT, error });
  expect(log.lines).toMatchObject([
    { level: 'info', message: 'a step is refused', fields: { meaning: 'refused', eventId: 'e-1' } },
  ]);
});

test('other lines keep their level; those for debugging are left out', () => {
  const log = rememberingLog();
  const { logger } = sdkLogging(log);
  logger.info('Worker state changed', { state: 'RUNNING', taskQueue: 'payments' });
  logger.log('ERROR', 'a line of the core', { namespace: 'default', code: 5 });
  logger.debug('Activity started', ATTEMPT);
  logger.trace('x');
  expect(log.lines).toEqual([
    { level: 'info', message: 'Worker state changed', fields: { state: 'RUNNING', taskQueue: 'payments' } },
    { level: 'error', message: 'a line of the core', fields: { code: 5 } },
  ]);
});
