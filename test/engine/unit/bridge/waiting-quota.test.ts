// How many processes early events may open, whoever has sent them.
import { createCatalogue, defineDomain, route } from '../../../../src/contracts';
import type { DeliveringRoute } from '../../../../src/contracts';
import { createWaitingQuota } from '../../../../src/bridge';
import { dispatch } from '../../../../src/bridge/dispatch';
import { waitingQuery } from '../../../../src/adapters/temporal/deployments/waiting';
import type { Script } from '../../../support/fakes/bridge';
import { answered, bridgeAmongFakes, fakeWorkflows, pingEvent } from '../../../support/fakes/bridge';
import { structured } from '../../../support/fakes/messages';
import { rememberingLog } from '../../../support/log';
import { ping, pingDomain, pinged, ponged } from '../../../support/ping/domain';
import { PONGED } from '../../../support/ping/names';

const early: DeliveringRoute = {
  name: 'ponged',
  ...route({ event: ponged, workflow: ping, opens: true, waitsIn: 'awaiting-ping' }),
};
const begins: DeliveringRoute = { name: 'pinged', ...route({ event: pinged, workflow: ping, opens: true }) };
const quotaOf = (most: number, log = rememberingLog()) => createWaitingQuota({ most, log });
const closed = { signal: [answered('not-open')], status: [answered('closed')] } as const;
const missing = { signal: [answered('not-open')], status: [answered('missing')] } as const;

async function outcomeOf(of: DeliveringRoute, script: Script, quota = quotaOf(0)) {
  const calls: string[] = [];
  const outcome = await dispatch(pingEvent, of, fakeWorkflows(script, calls), quota);
  return { outcome, asked: calls.filter((call) => !call.includes(':')) };
}

describe('while too many processes wait', () => {
  test('an early event that would open one more is a dead letter', async () => {
    const { outcome, asked } = await outcomeOf(early, missing);
    expect(outcome).toMatchObject({ kind: 'dead-letter', rejection: { reason: 'too-many-waiting' } });
    expect(asked).toEqual(['signal', 'status']);
  });

  test('one whose process is there is delivered', async () => {
    expect(await outcomeOf(early, {})).toEqual({ outcome: { kind: 'accepted' }, asked: ['signal'] });
  });

  test('one whose process has closed, and which may open a failed one again, is a dead letter', async () => {
    const { outcome, asked } = await outcomeOf({ ...early, onClosed: 'discard' }, closed);
    expect(outcome).toMatchObject({ kind: 'dead-letter', rejection: { reason: 'too-many-waiting' } });
    expect(asked).toEqual(['signal', 'status', 'hasSeen']);
    expect(await outcomeOf(early, { ...closed, hasSeen: [answered(true)] })).toMatchObject({
      outcome: { kind: 'repeated' },
    });
  });

  test('an event that begins a process opens it', async () => {
    expect(await outcomeOf(begins, missing)).toMatchObject({ asked: ['signalWithStart'] });
  });
});

describe('while there is room', () => {
  test('an early event opens its process, and a failed one again, which both count', async () => {
    for (const script of [missing, closed]) {
      const quota = quotaOf(1);
      const { outcome, asked } = await outcomeOf(early, script, quota);
      expect({ outcome, asked }).toEqual({
        outcome: { kind: 'accepted' },
        asked: ['signal', 'status', 'signalWithStart'],
      });
      expect(quota.isFull()).toBe(true);
    }
  });

  test('one whose process has completed is late', async () => {
    const { outcome } = await outcomeOf(
      early,
      { ...closed, signalWithStart: [answered('closed')] },
      quotaOf(1),
    );
    expect(outcome).toMatchObject({ kind: 'dead-letter', rejection: { reason: 'late' } });
  });
});

test('500 early events open as many processes as may wait; without the quota, 500. Others go on', async () => {
  const domain = defineDomain({ ...pingDomain, routes: [begins, early] });
  const flood = async (quota: ReturnType<typeof quotaOf> | undefined) => {
    const opened: string[] = [];
    const workflows = {
      ...fakeWorkflows(missing),
      signalWithStart: ({ key }: { key: string }) => {
        opened.push(key);
        return Promise.resolve(answered('accepted'));
      },
    };
    const { deliver, deadLetters } = bridgeAmongFakes({
      parts: { catalogue: createCatalogue([domain]), workflows, ...(quota && { quota }) },
    });
    for (let at = 0; at < 500; at++) {
      const pingId = `p-${at}`;
      const { body } = structured({ id: pingId, type: PONGED, data: { pingId } });
      await deliver({ body, subject: `evt.pings.ponged.v1.${pingId}` });
    }
    await deliver();
    return { opened: opened.length, beginning: opened.at(-1), deadLetters: deadLetters.length };
  };
  expect(await flood(quotaOf(20))).toEqual({ opened: 21, beginning: 'p-1', deadLetters: 480 });
  expect(await flood(undefined)).toEqual({ opened: 501, beginning: 'p-1', deadLetters: 0 });
});

describe('the number of those that wait', () => {
  test('is the count of Temporal and the openings since the count before it', () => {
    const quota = quotaOf(10);
    for (let at = 0; at < 4; at++) quota.opened();
    quota.counted(3);
    expect(quota.isFull()).toBe(false);
    for (let at = 0; at < 3; at++) quota.opened();
    expect(quota.isFull()).toBe(true);
    quota.counted(6);
    expect(quota.isFull()).toBe(false);
    quota.counted(10);
    expect(quota.isFull()).toBe(true);
  });

  test('is logged once while it is too large', () => {
    const log = rememberingLog();
    const quota = quotaOf(1, log);
    quota.counted(1);
    quota.isFull();
    quota.isFull();
    expect(log.lines).toHaveLength(1);
    quota.counted(0);
    quota.counted(1);
    quota.isFull();
    expect(log.lines).toHaveLength(2);
  });

  test('is that of the open workflows in the states that the routes name', () => {
    expect(waitingQuery([begins, early, { ...early, name: 'again' }])).toBe(
      'ExecutionStatus = "Running" AND ((WorkflowType = "ping" AND SagaState = "awaiting-ping"))',
    );
    expect(waitingQuery([begins])).toBeUndefined();
  });
});

test.each([
  [{ opens: false }, 'add `opens: true`'],
  [{ waitsIn: 'a " quote' }, 'a text without quotes'],
  [{ workflow: { ...ping, recurs: true } }, 'begins an occurrence'],
])('%j is a problem of its route', (changes, problem) => {
  const domain = defineDomain({ ...pingDomain, routes: [begins, { ...early, ...changes }] });
  expect(() => createCatalogue([domain])).toThrow(problem);
});

test('a process that events open early needs one that begins it', () => {
  const domain = defineDomain({ ...pingDomain, routes: [early] });
  expect(() => createCatalogue([domain])).toThrow('no route begins ping');
});
