// An event that may open a process that recurs: it reaches the occurrence that runs, opens the next one, or changes nothing.
import { dispatch } from '../../../../src/bridge/dispatch';
import type { DeliveringRoute } from '../../../../src/contracts';
import { identityOf, memoryOf, occurrenceOf, route } from '../../../../src/contracts';
import type { Calls, Script } from '../../../support/fakes/bridge';
import {
  answered,
  failing,
  fakeWorkflows,
  pingEvent,
  rejected,
  unavailable,
} from '../../../support/fakes/bridge';
import { ping, pinged } from '../../../support/ping/domain';

const recurring: DeliveringRoute = {
  name: 'pinged',
  ...route({ event: pinged, workflow: { ...ping, recurs: true }, opens: true }),
};
const occurrence = occurrenceOf('ping-p-1', pingEvent);
const notOpen = { signal: [answered('not-open')] } as const;
const ended = (seen: readonly string[]) =>
  answered({ kind: 'closed', completed: true, occurrence: 'another', seen } as const);

async function outcomeOf(script: Script, event = pingEvent) {
  const calls: Calls = [];
  const workflows = fakeWorkflows(script, calls);
  const outcome = await dispatch(event, recurring, workflows);
  return { outcome, asked: calls.filter((call) => !call.includes(':')), questions: workflows.asked };
}

test('one that runs gets it, and nothing else is asked', async () => {
  const { outcome, asked } = await outcomeOf({});
  expect([outcome, asked]).toEqual([{ kind: 'accepted' }, ['signal']]);
});

test('the next occurrence is opened when the latest run is known, with what was received before', async () => {
  const { outcome, asked, questions } = await outcomeOf({ ...notOpen, latestRun: [ended(['/tests other'])] });
  expect(outcome).toEqual({ kind: 'accepted' });
  expect(asked).toEqual(['signal', 'latestRun', 'signalWithStart']);
  expect(questions.at(-1)).toMatchObject([{ opening: { occurrence, seen: ['/tests other'] } }, pingEvent]);
});

test('a repeat opens nothing', async () => {
  const seen = [memoryOf(identityOf(pingEvent), undefined)];
  const { outcome, asked } = await outcomeOf({ ...notOpen, latestRun: [ended(seen)] });
  expect([outcome, asked]).toEqual([{ kind: 'repeated' }, ['signal', 'latestRun']]);
});

test('another event under the identity of one that was received is a dead letter', async () => {
  const seen = [memoryOf(identityOf(pingEvent), 'hash')];
  const { outcome } = await outcomeOf(
    { ...notOpen, latestRun: [ended(seen)] },
    { ...pingEvent, contentHash: 'other' },
  );
  expect(outcome).toMatchObject({ kind: 'dead-letter', rejection: { reason: 'conflict' } });
});

test('an occurrence that opens and closes as we ask is tried again later', async () => {
  const { outcome, asked } = await outcomeOf({ ...notOpen, latestRun: [answered({ kind: 'open' })] });
  expect(outcome).toMatchObject({ kind: 'unavailable', why: 'busy' });
  expect(asked).toHaveLength(6);
});

test.each<[string, Script, unknown]>([
  ['signal', { signal: [unavailable] }, unavailable],
  ['latestRun', { ...notOpen, latestRun: [failing] }, failing],
  ['signalWithStart', { ...notOpen, signalWithStart: [rejected] }, rejected],
])('what Temporal does not answer to %s is passed on', async (_, script, expected) => {
  expect((await outcomeOf(script)).outcome).toEqual(expected);
});

test.each<[string, Script]>([
  ['runs', { signal: [answered('full')] }],
  ['was opened meanwhile', { ...notOpen, signalWithStart: [answered('full')] }],
])('one that %s, and is full, takes no more', async (_, script) => {
  expect((await outcomeOf(script)).outcome).toMatchObject({ rejection: { reason: 'signal-limit' } });
});
