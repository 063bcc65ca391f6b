// A process that recurs, beyond the cells: its own opening event after a failure, lost acknowledgements, haste, forecasts.
import { randomUUID } from 'node:crypto';
import { forecastOf } from '../../../../src/adapters/temporal';
import type { DomainEvent, OutgoingEvent } from '../../../../src/contracts';
import { createCatalogue, occurrenceOf } from '../../../../src/contracts';
import type { ProbeOutcome } from '../../../support/ping/probe';
import { probeDomain, probeEvent } from '../../../support/ping/probe';
import { until } from '../../../support/until';
import type { DeliveryUnderTest } from './delivery-under-test';
import { startDelivery } from './delivery-under-test';

jest.setTimeout(60_000);

/** Sent without a pause: some come while the run before them ends. */
const IN_HASTE = 20;

let delivery: DeliveryUnderTest;
let key: string;

beforeAll(async () => {
  delivery = await startDelivery('recurrence');
});
afterAll(() => delivery.stop());
beforeEach(() => {
  key = `r-${randomUUID()}`;
});

const handle = () => delivery.temporal.workflow.getHandle(`recur-${key}`);
const event = (outcome?: ProbeOutcome) => probeEvent('again', key, { outcome });
const runId = async () => (await handle().describe()).runId;

async function occurrence(): Promise<OutgoingEvent> {
  const whole = event('complete');
  await delivery.deliver(whole);
  await handle().result();
  return whole;
}

/** Under the same identity, with another request. */
function changed(given: OutgoingEvent): OutgoingEvent {
  const body = JSON.parse(Buffer.from(given.body).toString()) as { data: object };
  const other = { ...body, data: { ...body.data, outcome: 'continue' } };
  return { ...given, body: Buffer.from(JSON.stringify(other)) };
}

function forecast(given: OutgoingEvent): Promise<string> {
  const { id, source, type, data } = JSON.parse(Buffer.from(given.body).toString()) as DomainEvent;
  const route = createCatalogue([probeDomain('any')]).routesOf(type)[0];
  if (!route) throw new Error(`no route takes ${type}`);
  return forecastOf(delivery.temporal, { id, source, type, key, data }, route);
}

test('the event that has opened a terminated occurrence opens the same one again: its steps give their old results', async () => {
  const opening = event();
  await delivery.deliver(opening);
  await delivery.untilHanded(opening);
  await handle().terminate('by the test');
  expect((await delivery.deliver(opening)).outcome).toBe('accepted');
  await delivery.untilHanded(opening, 2);
  expect(delivery.applied(opening)).toBe(1);
});

test('a terminated occurrence takes along what those before it have received', async () => {
  const first = await occurrence();
  const second = event();
  await delivery.deliver(second);
  await delivery.untilHanded(second);
  await handle().terminate('by the test');
  const before = await runId();
  expect((await delivery.deliver(first)).outcome).toBe('repeated');
  expect([await runId(), delivery.handed(first)]).toEqual([before, 1]);
});

test('an acknowledgement that is lost brings the event again, after the end of what it has opened: nothing happens', async () => {
  await occurrence();
  const opening = event('complete');
  delivery.loseAcknowledgement();
  const before = delivery.deliveries(opening);
  await delivery.deliver(opening);
  await handle().result();
  const opened = await runId();
  await until('it is delivered again', () => delivery.deliveries(opening) === before + 2, 40_000);
  await delivery.deliver(event('complete'));
  await until('the next one runs', async () => (await runId()) !== opened);
  expect([delivery.handed(opening), delivery.applied(opening)]).toEqual([1, 1]);
});

test('occurrences in haste: each event has its effect once, in a run of its own or behind the one that ends', async () => {
  const events = Array.from({ length: IN_HASTE }, () => event('complete'));
  for (const each of events) await delivery.deliver(each);
  for (const each of events) await delivery.untilHanded(each);
  await until('all have ended', async () => (await handle().describe()).status.name === 'COMPLETED');
  expect(events.map((each) => [delivery.handed(each), delivery.applied(each)])).toEqual(
    events.map(() => [1, 1]),
  );
  for (const each of events) expect((await delivery.deliver(each)).outcome).toBe('repeated');
  expect(await delivery.deadLetters(key)).toEqual([]);
});

test('another event under the identity of one that an earlier occurrence has received is a conflict', async () => {
  const first = await occurrence();
  await occurrence();
  expect(await delivery.deliver(changed(first))).toMatchObject({
    outcome: 'dead-letter',
    reason: 'conflict',
  });
  expect(delivery.handed(first)).toBe(1);
});

test('a forecast says what the bridge then does', async () => {
  expect(await forecast(event())).toBe('delivered');
  const first = await occurrence();
  expect(await forecast(first)).toBe('repeated');
  const next = event();
  expect(await forecast(next)).toBe('delivered');
  await delivery.deliver(next);
  await delivery.untilHanded(next);
  expect(await forecast(next)).toBe('repeated');
  expect(await forecast(first)).toBe('repeated');
  expect(await forecast(event())).toBe('delivered');
});

test('the command line names the occurrence, and waits for the one that its event opens', async () => {
  await occurrence();
  const opening = event('complete');
  const published = await delivery.cli.given({ input: Buffer.from(opening.body).toString() })(
    ...['events', 'publish', '-', '--wait', '-o', 'json'],
  );
  expect(published.json()).toMatchObject({ outcomes: [{ kind: 'ended', state: 'completed' }] });
  const own = occurrenceOf(`recur-${key}`, JSON.parse(Buffer.from(opening.body).toString()) as DomainEvent);
  const trace = await delivery.cli('trace', key);
  expect(trace.out.match(/workflow recur started, occurrence [0-9a-f]{16}/g)).toHaveLength(2);
  expect(trace.out).toContain(`workflow recur started, occurrence ${own}`);
  expect((await delivery.cli('sagas', 'show', `recur-${key}`, '-o', 'json')).json()).toMatchObject({
    occurrence: own,
  });
});

test('who waits for an occurrence hears of its end, also where the next one runs already', async () => {
  const [opening, next] = [event(), event()];
  await delivery.deliver(opening);
  await delivery.untilHanded(opening);
  // It asks for the end of the occurrence that runs; while the step is held, the next one's event comes behind it.
  const release = delivery.holdSteps();
  const waiting = delivery.cli.given({ input: Buffer.from(event('complete').body).toString() })(
    ...['events', 'publish', '-', '--wait', '-o', 'json'],
  );
  const hasCome = async () =>
    (await handle().fetchHistory()).events?.filter((each) => each.workflowExecutionSignaledEventAttributes)
      .length === 2;
  await until('it has come', hasCome);
  await delivery.deliver(next);
  release();
  expect((await waiting).json()).toMatchObject({ outcomes: [{ kind: 'ended', state: 'completed' }] });
  await delivery.untilHanded(next);
  expect((await handle().describe()).status.name).toBe('RUNNING');
});
