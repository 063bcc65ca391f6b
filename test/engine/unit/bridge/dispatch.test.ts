import { dispatch } from '../../../../src/bridge/dispatch';
import type { DeliveringRoute, Route } from '../../../../src/contracts';
import { route } from '../../../../src/contracts';
import type { Calls, Script } from '../../../support/fakes/bridge';
import { answered, fakeWorkflows, pingEvent, rejected, unavailable } from '../../../support/fakes/bridge';
import { ping, pinged } from '../../../support/ping/domain';
import { tally, TALLY_POLICY } from '../../../support/ping/tally';

const reaches: DeliveringRoute = { name: 'pinged', ...route({ event: pinged, workflow: ping }) };
const opens: DeliveringRoute = { ...reaches, opens: true };

async function outcomeOf(onRoute: Route, script: Script) {
  const calls: Calls = [];
  const workflows = fakeWorkflows(script, calls);
  const outcome = await dispatch(pingEvent, onRoute, workflows);
  return { outcome, asked: calls.filter((call) => !call.includes(':')), questions: workflows.asked };
}

const late = {
  kind: 'dead-letter',
  rejection: { reason: 'late', detail: expect.stringMatching(/ping-p-1 had closed/) },
};
const unmatched = {
  kind: 'dead-letter',
  rejection: { reason: 'unmatched', detail: expect.stringMatching(/ping-p-1, which never existed/) },
};
const closedWithout = { status: [answered('closed')], hasSeen: [answered(false)] } as const;
const closedWith = { status: [answered('closed')], hasSeen: [answered(true)] } as const;
const shut = { signalWithStart: [answered('closed')], signal: [answered('not-open')] } as const;

describe('an event that may open its workflow', () => {
  test.each<[string, Partial<DeliveringRoute>, Script, unknown, string[]]>([
    ['is accepted, the workflow open or not', {}, {}, { kind: 'accepted' }, ['signalWithStart']],
    [
      'is repeated where the closed one has seen it',
      {},
      { ...shut, ...closedWith },
      { kind: 'repeated' },
      ['signalWithStart', 'status', 'hasSeen'],
    ],
    [
      'is repeated even where late ones are discarded',
      { onClosed: 'discard' },
      { ...shut, ...closedWith },
      { kind: 'repeated' },
      ['signalWithStart', 'status', 'hasSeen'],
    ],
    [
      'is late where the closed one has not seen it',
      {},
      { ...shut, ...closedWithout },
      late,
      ['signalWithStart', 'status', 'hasSeen'],
    ],
    [
      'is discarded where late ones are',
      { onClosed: 'discard' },
      { ...shut, ...closedWithout },
      { kind: 'discarded' },
      ['signalWithStart', 'status', 'hasSeen'],
    ],
    [
      'tries again where the closed one is open after all',
      {},
      { signalWithStart: [answered('closed'), answered('accepted')], status: [answered('open')] },
      { kind: 'accepted' },
      ['signalWithStart', 'status', 'signalWithStart'],
    ],
    [
      'opens a new one where the closed one is forgotten meanwhile',
      {},
      { signalWithStart: [answered('closed'), answered('accepted')], status: [answered('missing')] },
      { kind: 'accepted' },
      ['signalWithStart', 'status', 'signalWithStart'],
    ],
  ])('%s', async (_, changes, script, expected, expectedQuestions) => {
    const { outcome, asked } = await outcomeOf({ ...opens, ...changes }, script);
    expect(outcome).toEqual(expected);
    expect(asked).toEqual(expectedQuestions);
  });
});

describe('an event that only reaches an open workflow', () => {
  const missing = { ...shut, status: [answered('missing')] } as const;

  test.each<[string, Partial<DeliveringRoute>, Script, unknown, string[]]>([
    ['is accepted where one is open', {}, {}, { kind: 'accepted' }, ['signal']],
    ['is unmatched where none ever existed', {}, missing, unmatched, ['signal', 'status']],
    [
      'is discarded where unmatched ones are',
      { onMissing: 'discard' },
      missing,
      { kind: 'discarded' },
      ['signal', 'status'],
    ],
    [
      'is unmatched though late ones are discarded',
      { onClosed: 'discard' },
      missing,
      unmatched,
      ['signal', 'status'],
    ],
    [
      'is repeated where the closed one has seen it',
      {},
      { ...shut, ...closedWith },
      { kind: 'repeated' },
      ['signal', 'status', 'hasSeen'],
    ],
    [
      'is late where the closed one has not seen it',
      {},
      { ...shut, ...closedWithout },
      late,
      ['signal', 'status', 'hasSeen'],
    ],
    [
      'is late though unmatched ones are discarded',
      { onMissing: 'discard' },
      { ...shut, ...closedWithout },
      late,
      ['signal', 'status', 'hasSeen'],
    ],
    [
      'is discarded where late ones are',
      { onClosed: 'discard' },
      { ...shut, ...closedWithout },
      { kind: 'discarded' },
      ['signal', 'status', 'hasSeen'],
    ],
    [
      'tries again where one has opened meanwhile',
      {},
      { signal: [answered('not-open'), answered('accepted')], status: [answered('open')] },
      { kind: 'accepted' },
      ['signal', 'status', 'signal'],
    ],
    [
      'is late where one has opened and closed meanwhile',
      {},
      { ...shut, status: [answered('open'), answered('closed')] },
      late,
      ['signal', 'status', 'signal', 'status', 'hasSeen'],
    ],
  ])('%s', async (_, changes, script, expected, expectedQuestions) => {
    const { outcome, asked } = await outcomeOf({ ...reaches, ...changes }, script);
    expect(outcome).toEqual(expected);
    expect(asked).toEqual(expectedQuestions);
  });
});

describe('a contradiction', () => {
  test.each<[string, Route, Script, string[]]>([
    ['not open, yet open', reaches, { ...shut, status: [answered('open')] }, ['signal', 'status']],
    ['closed, yet open', opens, { ...shut, status: [answered('open')] }, ['signalWithStart', 'status']],
    [
      'closed, yet never there',
      opens,
      { ...shut, status: [answered('missing')] },
      ['signalWithStart', 'status'],
    ],
  ])('is asked about three times and then waited out: %s', async (_, onRoute, script, round) => {
    const { outcome, asked } = await outcomeOf(onRoute, script);
    expect(outcome).toMatchObject({ kind: 'unavailable', cause: expect.any(Error) });
    expect(asked).toEqual([...round, ...round, ...round]);
  });
});

describe.each([
  ['unavailable', unavailable],
  ['rejected', rejected],
] as const)('where Temporal is %s', (_, answer) => {
  test.each<[string, Route, Script]>([
    ['the signal that may open', opens, { signalWithStart: [answer] }],
    ['the signal', reaches, { signal: [answer] }],
    ['the question for the status', reaches, { ...shut, status: [answer] }],
    [
      'the question for what it has seen',
      reaches,
      { ...shut, status: [answered('closed')], hasSeen: [answer] },
    ],
  ])('to %s, that is the outcome, with its cause', async (__, onRoute, script) => {
    expect((await outcomeOf(onRoute, script)).outcome).toEqual(answer);
  });
});

test.each([
  ['opens', opens],
  ['reaches', reaches],
])(
  'an event that %s a workflow which has had as many signals as Temporal takes is a dead letter',
  async (_, onRoute) => {
    const full = { signalWithStart: [answered('full')], signal: [answered('full')] } as const;
    const { outcome, asked } = await outcomeOf(onRoute, full);
    expect(outcome).toMatchObject({
      kind: 'dead-letter',
      rejection: {
        reason: 'signal-limit',
        detail: expect.stringContaining('ping-p-1 has had as many events'),
      },
    });
    expect(asked).toHaveLength(1);
  },
);

describe('an event that is batched', () => {
  const batches: Route = {
    name: 'tallied',
    ...route({ event: pinged, workflow: tally, batch: TALLY_POLICY }),
  };

  test('opens or feeds the batcher, which is told how to batch', async () => {
    const { outcome, questions } = await outcomeOf(batches, {});
    expect(outcome).toEqual({ kind: 'accepted' });
    const target = { workflow: tally, workflowId: 'tally-p-1', key: 'p-1', batch: TALLY_POLICY };
    expect(questions).toEqual([[target, pingEvent]]);
  });

  test.each([
    ['unavailable', unavailable],
    ['rejected', rejected],
  ] as const)('is %s where Temporal is', async (_, answer) => {
    const { outcome, asked } = await outcomeOf(batches, { signalWithStart: [answer] });
    expect(outcome).toEqual(answer);
    expect(asked).toEqual(['signalWithStart']);
  });

  test('is held where the run has had as many signals as Temporal takes: the next one will take it', async () => {
    const { outcome } = await outcomeOf(batches, { signalWithStart: [answered('full')] });
    expect(outcome).toMatchObject({ kind: 'unavailable', why: 'busy' });
  });

  test('is never late: where Temporal says that the batcher is closed, it is held', async () => {
    const { outcome, asked } = await outcomeOf(batches, { ...shut, ...closedWithout });
    expect(outcome).toMatchObject({ kind: 'unavailable', cause: expect.any(Error) });
    expect(asked).toEqual(['signalWithStart']);
  });
});

test('all questions are about the workflow of this route and key, and carry the event', async () => {
  const { questions } = await outcomeOf(reaches, { ...shut, ...closedWith });
  const target = { workflow: ping, workflowId: 'ping-p-1', key: 'p-1' };
  expect(questions).toEqual([[target, pingEvent], [target], [target, pingEvent]]);
});
