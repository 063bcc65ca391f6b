// What the bridge hears of Temporal's health: full task queues, and too many requests.
import type { Client } from '@temporalio/client';
import { ServiceError } from '@temporalio/client';
import { google, temporal as api } from '@temporalio/proto';
import { answer } from '../../../../src/adapters/temporal/dispatch/workflows';
import { backlogOf, watchBacklog } from '../../../../src/adapters/temporal/deployments/backlog';
import { testTemporal } from '../../../support/bridge';
import { newKey } from '../../../support/ping/events';
import { until } from '../../../support/until';

const { ResourceExhaustedCause } = api.api.enums.v1;

describe('workflow tasks that nobody takes', () => {
  let temporal: Client;
  beforeAll(() => (temporal = testTemporal()));
  afterAll(() => temporal.connection.close());

  test('are counted, and more than allowed are told at each look', async () => {
    const taskQueue = `nobody-${newKey()}`;
    const start = () =>
      temporal.workflow.start('ping', { workflowId: newKey(), taskQueue, args: [{ key: 'x' }] });
    expect(await backlogOf(temporal, taskQueue)).toBe(0);
    let behind = 0;
    const watch = watchBacklog(temporal, { taskQueues: [taskQueue], most: 2, fellBehind: () => behind++ });
    try {
      await Promise.all([start(), start()]);
      await until('two tasks wait', async () => (await backlogOf(temporal, taskQueue)) === 2, 10_000);
      expect(behind).toBe(0);
      await start();
      await until('it is told', () => behind > 0, 10_000);
    } finally {
      await watch.stop();
    }
  });
});

describe('a refusal for too many requests', () => {
  /** As Temporal's frontend sends it, and the SDK hands it on. */
  function refusal(cause: api.api.enums.v1.ResourceExhaustedCause): Error {
    const { ResourceExhaustedFailure } = api.api.errordetails.v1;
    const status = google.rpc.Status.encode({
      code: 8,
      details: [
        {
          type_url: 'type.googleapis.com/temporal.api.errordetails.v1.ResourceExhaustedFailure',
          value: ResourceExhaustedFailure.encode({ cause }).finish(),
        },
      ],
    }).finish();
    const metadata = {
      get: (name: string) => (name === 'grpc-status-details-bin' ? [Buffer.from(status)] : []),
    };
    const grpc = Object.assign(new Error('8 RESOURCE_EXHAUSTED'), { code: 8, metadata });
    return new ServiceError('refused', { cause: grpc });
  }
  const told = (error: Error) => answer(() => Promise.reject(error));

  test.each([
    ['of the namespace', ResourceExhaustedCause.RESOURCE_EXHAUSTED_CAUSE_RPS_LIMIT, 'exhausted'],
    [
      'of an overloaded server',
      ResourceExhaustedCause.RESOURCE_EXHAUSTED_CAUSE_SYSTEM_OVERLOADED,
      'exhausted',
    ],
    ['to one workflow', ResourceExhaustedCause.RESOURCE_EXHAUSTED_CAUSE_BUSY_WORKFLOW, 'busy'],
  ])('%s', async (_, cause, why) => {
    expect(await told(refusal(cause))).toMatchObject({ kind: 'unavailable', why });
  });

  test('without details is one of the server', async () => {
    const bare = Object.assign(new Error('8 RESOURCE_EXHAUSTED'), { code: 8 });
    const without = new ServiceError('refused', { cause: bare });
    expect(await told(without)).toMatchObject({ kind: 'unavailable', why: 'exhausted' });
  });

  test('and no answer at all is something else', async () => {
    const gone = Object.assign(new Error('14 UNAVAILABLE'), { code: 14 });
    const error = new ServiceError('no answer', { cause: gone });
    expect(await told(error)).toMatchObject({ kind: 'unavailable', why: 'away' });
  });
});
