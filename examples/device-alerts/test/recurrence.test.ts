// The same device raises alerts again and again: each alert is its own occurrence, and repeats of old events change nothing.
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { ProcessDriver } from 'sagaline/testing';
import { driveProcess, startSkippingServer } from 'sagaline/testing';
import { oncall } from '../domain/capabilities';
import { alertAcknowledged, alertRaised, alertResolved, readingReported } from '../domain/events';
import { routes } from '../domain/routes';
import { deviceSettings } from '../domain/settings';
import { alert } from '../domain/workflows';
import type { FakeDevices } from './fakes';
import { createFakeDevices } from './fakes';
import { withWorkers } from './workers';

const { at } = alertRaised.example;
const ACCEPTED = { kind: 'accepted' };
const REPEATED = { kind: 'repeated' };

let env: TestWorkflowEnvironment;
let fixture: FakeDevices;
let device: ProcessDriver;
let devices = 0;

beforeAll(async () => {
  env = await startSkippingServer();
});
afterAll(() => env.teardown());
beforeEach(() => {
  fixture = createFakeDevices();
  device = drive();
});

const drive = (placed: readonly (typeof oncall)[] = []) =>
  driveProcess(env.client, {
    process: alert,
    routes: routes(deviceSettings.parse({})),
    key: `recurring-${++devices}`,
    placed,
  });

const deviceId = () => device.key;
const raise = (id: string) =>
  device.send(alertRaised, { ...alertRaised.example, deviceId: deviceId(), alertId: id }, id);
const acknowledge = (id: string) =>
  device.send(alertAcknowledged, { deviceId: deviceId(), by: 'ada', at }, `${id}-ack`);
const resolve = (id: string) =>
  device.send(alertResolved, { deviceId: deviceId(), by: 'ada', at }, `${id}-res`);
const measure = (id: string) =>
  device.send(readingReported, { deviceId: deviceId(), temperature: 95, at }, id);
const opened = () => fixture.script.effects.filter((effect) => effect.startsWith('openTicket '));
const runId = async () => (await device.handle.describe()).runId;

async function wholeAlert(id: string): Promise<void> {
  expect(await raise(id)).toEqual(ACCEPTED);
  expect(await acknowledge(id)).toEqual(ACCEPTED);
  expect(await resolve(id)).toEqual(ACCEPTED);
  expect(await device.result()).toMatchObject({ state: 'resolved' });
}

test('three alerts are three occurrences with three tickets; repeats of all their events change nothing', () =>
  withWorkers(env, fixture, async () => {
    for (const id of ['a-1', 'a-2', 'a-3']) await wholeAlert(id);
    expect(new Set(opened()).size).toBe(3);
    expect(opened()).toHaveLength(3);

    const [effects, run] = [[...fixture.script.effects], await runId()];
    for (const id of ['a-1', 'a-2', 'a-3'])
      for (const repeat of [raise, acknowledge, resolve]) expect(await repeat(id)).toEqual(REPEATED);
    expect([fixture.script.effects, await runId()]).toEqual([effects, run]);
    expect(fixture.deadLetters.deadLettered).toEqual([]);
  }));

test('a repeat of an earlier acknowledgement does not acknowledge the alert that runs', () =>
  withWorkers(env, fixture, async () => {
    await wholeAlert('a-1');
    await raise('a-2');
    await device.untilState('awaiting-level-1');
    for (const repeat of [raise, acknowledge, resolve]) expect(await repeat('a-1')).toEqual(ACCEPTED);
    expect(await acknowledge('a-2')).toEqual(ACCEPTED);
    await device.untilState('acknowledged');
    await resolve('a-2');
    expect(await device.result()).toMatchObject({ state: 'resolved' });
    const acknowledged = fixture.script.effects.filter((effect) => effect.startsWith('acknowledgeAlert '));
    expect([acknowledged.length, opened().length]).toEqual([2, 2]);
  }));

test('an alert that is raised while another runs is the next occurrence, in its initial state, with what came behind it', () =>
  withWorkers(env, fixture, async () => {
    await raise('a-1');
    await device.untilState('awaiting-level-1');
    await raise('a-2');
    await resolve('a-1');
    await device.untilState('awaiting-level-1');
    await resolve('a-2');
    const { state, seen } = await device.result();
    expect([state, seen.length, opened().length]).toEqual(['resolved', 4, 2]);
    expect(await raise('a-2')).toEqual(REPEATED);
    expect(fixture.deadLetters.deadLettered).toEqual([]);
  }));

test('the next occurrence keeps the placement of the one before it: no pool of the on-call runs', () => {
  device = drive([oncall]);
  return withWorkers(
    env,
    fixture,
    async () => {
      await raise('a-1');
      await device.untilState('awaiting-level-1');
      const before = await runId();
      await raise('a-2');
      await resolve('a-1');
      await resolve('a-2');
      expect(await device.result()).toMatchObject({ state: 'resolved' });
      expect(await runId()).not.toBe(before);
      expect(opened()).toHaveLength(2);
    },
    { placed: true },
  );
});

test('a critical reading opens an alert where none runs, and is moot while one does', () =>
  withWorkers(env, fixture, async () => {
    await wholeAlert('a-1');
    expect(await measure('r-1')).toEqual(ACCEPTED);
    await device.untilState('awaiting-level-1');
    expect(await measure('r-2')).toEqual(ACCEPTED);
    await resolve('r-1');
    expect(await device.result()).toMatchObject({ state: 'resolved' });
    expect(await measure('r-2')).toEqual(REPEATED);
    expect([opened().length, fixture.occurrences.ended.size]).toEqual([2, 3]);
  }));

test('between two alerts an answer is late', () =>
  withWorkers(env, fixture, async () => {
    await wholeAlert('a-1');
    expect(await acknowledge('a-2')).toMatchObject({ kind: 'dead-letter', rejection: { reason: 'late' } });
  }));
