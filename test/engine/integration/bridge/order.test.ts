// Events with one correlation key reach their workflow in stream order, however many bridges run.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { createPublisher } from '../../../../src/adapters/nats';
import { createWorkflows } from '../../../../src/adapters/temporal';
import type { Workflows } from '../../../../src/bridge';
import type { SagaResult } from '../../../../src/contracts';
import { startTestBridge, testTemporal } from '../../../support/bridge';
import type { TestNats } from '../../../support/nats';
import { startTestNats } from '../../../support/nats';
import { newKey, pingEvent, pongEvent } from '../../../support/ping/events';
import { startPingWorker } from '../../../support/ping/worker';
import { until } from '../../../support/until';

const KEYS = 20;
const PINGS = 10;
/** Every so many calls Temporal seems to be away: a held event must hold those behind it too. */
const FAILS_EVERY = 17;

jest.setTimeout(40_000);

let nats: TestNats;
let temporal: Client;
let worker: Awaited<ReturnType<typeof startPingWorker>>;

beforeAll(async () => {
  temporal = testTemporal();
  [nats, worker] = await Promise.all([startTestNats(), startPingWorker()]);
});
afterAll(() => Promise.all([nats.stop(), worker.stop(), temporal.connection.close()]));

/** Temporal, now and then away, and slow for one bridge so that the other could overtake it. */
function unreliable(workflows: Workflows, pauseMs: number): Workflows {
  let calls = 0;
  return {
    ...workflows,
    signalWithStart: async (target, event) => {
      if (++calls % FAILS_EVERY === 0) return { kind: 'unavailable', why: 'away', cause: new Error('away') };
      await sleep(pauseMs);
      return workflows.signalWithStart(target, event);
    },
  };
}

test('two bridges share the events and keep the order of each key, also through a rolling restart', async () => {
  const keys = Array.from({ length: KEYS }, newKey);
  const start = (pauseMs: number) =>
    startTestBridge({
      url: nats.url,
      name: 'order',
      workflows: unreliable(createWorkflows(temporal), pauseMs),
    });
  const [quick, slow] = [await start(0), await start(30)];
  const publish = createPublisher(nats.connection.jetstream());
  for (let n = 0; n < PINGS; n++) {
    await Promise.all(keys.map((key) => publish(pingEvent(key, { note: String(n) }))));
  }
  await until('both at work', () => quick.settled.length > KEYS && slow.settled.length > KEYS);
  await quick.stop();
  const third = await start(0);
  await Promise.all(keys.map((key) => publish(pongEvent(key))));

  const results = await Promise.all(keys.map((key) => temporal.workflow.getHandle(`ping-${key}`).result()));
  await Promise.all([slow.stop(), third.stop()]);
  expect(new Set(results.map((result) => (result as SagaResult).state))).toEqual(
    new Set([`ponged after ${PINGS}`]),
  );
  for (const key of keys)
    expect(await notesOf(key)).toEqual(Array.from({ length: PINGS }, (_, n) => String(n)));
  const accepted = [quick, slow, third].map(({ settled }) => settled.length);
  expect(Math.min(...accepted)).toBeGreaterThan(0);
});

/** The notes of the pings, in the order in which the workflow received them. */
async function notesOf(key: string): Promise<string[]> {
  const { events } = await temporal.workflow.getHandle(`ping-${key}`).fetchHistory();
  const signals = (events ?? []).flatMap(
    ({ workflowExecutionSignaledEventAttributes: signal }) => signal?.input?.payloads?.[0]?.data ?? [],
  );
  const received = signals.map((data) => JSON.parse(Buffer.from(data).toString()) as Signal);
  return received.filter(({ type }) => type.endsWith('.v2')).map(({ data }) => data.note);
}

interface Signal {
  readonly type: string;
  readonly data: { readonly note: string };
}
