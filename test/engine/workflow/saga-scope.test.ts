// Pivot, retriable steps and compensating at once: docs/saga.md. The order of compensating and the rest are in the order's own tests.
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import type { Decision } from '../../../src/contracts';
import { DECIDE, placedMemo, RefusalError, STEP_STUCK, STUCK } from '../../../src/contracts';
import { startSkippingServer } from '../../../src/testing';
import { prepared } from '../../support/setup/handover';
import { createAgency } from '../../support/trip/agency';
import { CARD_DECLINED, DEPARTED, NO_SEAT, REQUESTED, TRIP_QUEUE } from '../../support/trip/names';
import { until } from '../../support/until';

const SERVER_WITHIN_MS = 60_000;

let env: TestWorkflowEnvironment;
let agency: ReturnType<typeof createAgency>;
let stop: () => Promise<void>;

beforeAll(async () => {
  env = await startSkippingServer();
  agency = createAgency();
  const worker = await Worker.create({
    connection: env.nativeConnection,
    taskQueue: TRIP_QUEUE,
    workflowBundle: { codePath: prepared('bundles').trip },
    // The agency of the test that is under way.
    activities: Object.fromEntries(
      Object.keys(agency.activities).map((name) => [
        name,
        (input: never) => (agency.activities as Record<string, (input: never) => unknown>)[name]?.(input),
      ]),
    ),
  });
  const ended = worker.run();
  stop = async () => {
    worker.shutdown();
    await ended;
  };
}, SERVER_WITHIN_MS);
afterAll(async () => {
  await stop();
  await env.teardown();
});
beforeEach(() => (agency = createAgency()));

const event = (type: string) => ({ id: type, source: '/test', type, key: 'k', data: { tripId: 'k' } });

async function request(workflow: string) {
  const workflowId = `${workflow}-${expect.getState().currentTestName ?? ''}`;
  const handle = await env.client.workflow.signalWithStart(workflow, {
    workflowId,
    taskQueue: TRIP_QUEUE,
    args: [{ key: 'k' }],
    signal: REQUESTED,
    signalArgs: [event(REQUESTED)],
  });
  const stuck = () =>
    until('it is stuck', () => handle.query<unknown>(STUCK).then((asked) => asked ?? false));
  const decide = (decision: Decision) => handle.executeUpdate(DECIDE, { args: [decision] });
  return { handle, stuck, decide };
}

/** Its tries are over; then time must not be skipped any more. */
async function untilGivenUp(): Promise<void> {
  await until('it was tried', () => agency.script.calls.some(({ step }) => step === 'chargeCard'));
  await env.sleep('10 seconds');
}

const never = new Error('nobody answers');

describe('a pivot that is given up', () => {
  test('asks a person; done by hand, there is no way back', async () => {
    agency.script.fail('chargeCard', never, 100);
    const { handle, stuck, decide } = await request('hastyTrip');
    await untilGivenUp();
    expect(await stuck()).toMatchObject({ state: STEP_STUCK, what: 'chargeCard', message: 'nobody answers' });
    await decide({ kind: 'done-by-hand', reason: 'paid in cash' });
    await until('the tickets are sent', () => agency.script.log.includes('sendTickets'));
    await handle.signal(DEPARTED, event(DEPARTED));
    expect(await handle.result()).toMatchObject({ state: 'travelled' });
    expect([...agency.booked].sort()).toEqual(['flight', 'hotel']);
  });

  test('skipped, the saga is compensated', async () => {
    agency.script.fail('chargeCard', never, 100);
    const { handle, stuck, decide } = await request('hastyTrip');
    await untilGivenUp();
    await stuck();
    await decide({ kind: 'skip', reason: 'the card was never charged' });
    expect(await handle.result()).toMatchObject({ state: 'compensated' });
    const { log } = agency.script;
    // Booked side by side, whichever answers first.
    expect(log.slice(0, 2).sort()).toEqual(['bookFlight', 'bookHotel']);
    expect(log.slice(2)).toEqual(['cancelFlight', 'cancelHotel']);
  });
});

test('a retriable step that is refused asks a person, and the saga goes on without it when told so', async () => {
  agency.script.fail('sendTickets', new RefusalError(NO_SEAT, 'the printer is broken'));
  const { handle, stuck, decide } = await request('trip');
  expect(await stuck()).toMatchObject({ state: STEP_STUCK, what: 'sendTickets' });
  await decide({ kind: 'skip', reason: 'picked up at the counter' });
  await handle.signal(DEPARTED, event(DEPARTED));
  expect(await handle.result()).toMatchObject({ state: 'travelled' });
});

test('a saga that says so is compensated at once', async () => {
  agency.script.fail('chargeCard', new RefusalError(CARD_DECLINED, 'no'));
  const [hotel, flight] = [agency.script.hold('cancelHotel'), agency.script.hold('cancelFlight')];
  const { handle } = await request('tripCompensatedAtOnce');
  // One after the other, the second would not come before the first has ended.
  await Promise.all([hotel.reached, flight.reached]);
  hotel.release();
  flight.release();
  expect(await handle.result()).toMatchObject({ state: 'compensated' });
  expect(agency.booked.size).toBe(0);
});

/** A server without a deadline takes that of the run: some years. */
const minutes = (seconds: number) => (seconds === 0 || seconds > 1_000_000 ? 'no deadline' : seconds / 60);

test('a call of a capability’s step has its own key, however often it is run; its compensation is a step too', async () => {
  const workflowId = 'probe-steps';
  const handle = await env.client.workflow.start('probeSteps', {
    workflowId,
    taskQueue: TRIP_QUEUE,
    args: [{ key: 'k' }],
  });
  await handle.result();
  expect(agency.script.effects).toEqual([
    'bookHotel k-before:bookHotel:0',
    'bookHotel k:bookHotel:0',
    'bookHotel k:bookHotel:1',
    'bookFlight k:bookFlight:0',
    'chargeCard k:chargeCard:0',
    'cancelFlight k:bookFlight:0',
    'sendTickets k:sendTickets:0',
  ]);
  const { events = [] } = await handle.fetchHistory();
  const scheduled = events?.flatMap(({ activityTaskScheduledEventAttributes: task }) =>
    task ? [[task.activityType?.name, minutes(Number(task.scheduleToCloseTimeout?.seconds ?? 0))]] : [],
  );
  // The tickets are on the database of the workflow's pool: a local activity.
  expect(scheduled).toEqual([
    ['bookHotel', 'no deadline'],
    ['bookHotel', 1],
    ['bookHotel', 1],
    ['bookHotel', 1],
    ['bookFlight', 1],
    ['chargeCard', 3],
    ['cancelFlight', 3],
  ]);
});

test('a placed capability calls its provider from the queue of the workflow, and stays placed in the next run', async () => {
  // Of a step that is declared as local, this ends the local attempts.
  agency.script.fail('chargeCard', new Error('the bank is away'), 3);
  const handle = await env.client.workflow.start('probePlacement', {
    workflowId: 'probe-placement',
    taskQueue: TRIP_QUEUE,
    args: [{ key: 'p' }],
    memo: placedMemo(['away']),
  });
  await handle.result();
  const steps = ['bookHotel', 'bookFlight', 'chargeCard', 'sendTickets'];
  expect(agency.script.effects).toEqual(steps.map((step) => `${step} p:${step}:0`));
  const { events = [] } = await env.client.workflow.getHandle('probe-placement').fetchHistory();
  const scheduled = events?.flatMap(({ activityTaskScheduledEventAttributes: task }) =>
    task ? [[task.activityType?.name, task.taskQueue?.name]] : [],
  );
  expect(scheduled).toEqual([
    ['bookHotel', TRIP_QUEUE],
    ['chargeCard', TRIP_QUEUE],
  ]);
});
