import type { DomainEvent, LatestRun } from '../../../../src/contracts';
import {
  correlationKeyOf,
  memoryOf,
  identityOf,
  occurrenceOf,
  openingAfter,
  processOf,
  stepKeyOf,
} from '../../../../src/contracts';

const ID = 'alert-dev-1';
const event: DomainEvent = {
  source: '/monitoring',
  id: 'raised-1',
  type: 'com.example.devices.alerts.raised.v1',
  key: 'dev-1',
  data: {},
  contentHash: 'hash',
};
const memory = memoryOf(identityOf(event), 'hash');
const closed = (run: Partial<Extract<LatestRun, { kind: 'closed' }>>) =>
  ({ kind: 'closed', completed: true, occurrence: 'another', seen: [], ...run }) as const;

test('an occurrence is made of the workflow and of the identity of the event that opens it, and of nothing else', () => {
  const occurrence = occurrenceOf(ID, event);
  expect(occurrence).toMatch(/^[0-9a-f]{16}$/);
  // The rows of PostgreSQL and the runs of Temporal have it: it must never change.
  expect(occurrence).toBe('bec40970e3c52502');
  expect(occurrenceOf(ID, { source: '/monitoring', id: 'raised%2D1' })).toBe(occurrence);
  const others = [
    occurrenceOf('audit-dev-1', event),
    occurrenceOf(ID, { ...event, id: 'raised-2' }),
    occurrenceOf(ID, { ...event, source: '/monitorinh' }),
  ];
  expect(new Set([occurrence, ...others]).size).toBe(4);
});

test('twenty thousand events of one process have as many occurrences', () => {
  const occurrences = new Set<string>();
  for (let n = 0; n < 20_000; n++)
    occurrences.add(occurrenceOf(ID, { source: '/monitoring', id: `raised-${n}` }));
  expect(occurrences.size).toBe(20_000);
});

test('its step keys begin with a process of its own, of which the correlation key can be read', () => {
  const key = stepKeyOf('dev-1', occurrenceOf(ID, event), 'notifyOncall', 2);
  expect(key).toBe(`dev-1.${occurrenceOf(ID, event)}:notifyOncall:2`);
  expect(key.startsWith(`${processOf('dev-1', occurrenceOf(ID, event))}:`)).toBe(true);
  expect([correlationKeyOf(processOf('dev-1', 'abc')), correlationKeyOf('dev-1')]).toEqual([
    'dev-1',
    'dev-1',
  ]);
});

describe('an event that may open', () => {
  const own = occurrenceOf(ID, event);
  test.each<[string, Exclude<LatestRun, { kind: 'open' }>, unknown]>([
    ['opens what never ran', { kind: 'missing' }, { kind: 'opens', opening: { occurrence: own, seen: [] } }],
    [
      'opens the next occurrence, which is told what those before it have received',
      closed({ seen: ['/other 1'] }),
      { kind: 'opens', opening: { occurrence: own, seen: ['/other 1'] } },
    ],
    [
      'is repeated where an earlier occurrence has received it',
      closed({ seen: [memory] }),
      { kind: 'repeated' },
    ],
    [
      'is repeated where it has opened one that ended',
      closed({ occurrence: own, seen: [memory] }),
      { kind: 'repeated' },
    ],
    [
      'is repeated where another one failed that has received it',
      closed({ completed: false, seen: [memory] }),
      { kind: 'repeated' },
    ],
    [
      'opens again what it has opened and what failed, and is not among what that run has received',
      closed({ completed: false, occurrence: own, seen: ['/other 1', memory] }),
      { kind: 'opens', opening: { occurrence: own, seen: ['/other 1'] } },
    ],
    [
      'is a conflict where another event was received under its identity',
      closed({ seen: [memoryOf(identityOf(event), 'another hash')] }),
      { kind: 'conflict' },
    ],
    [
      'is repeated where the content of what was received is not known',
      closed({ seen: [identityOf(event)] }),
      { kind: 'repeated' },
    ],
  ])('%s', (_, run, expected) => {
    expect(openingAfter(run, ID, event)).toEqual(expected);
  });
});
