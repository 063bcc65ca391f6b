// One light for each thing: red for its own alert, and for no other's.
import type { SystemSnapshot } from '../../../../src/observability';
import { lightsOf } from '../../../../src/observability';
import { AT, known, QUIET, unknownSystem } from '../../../support/system';

const pool = (name: string, served: boolean) => ({
  ...{ pool: name, taskQueue: name, hasWorkflows: false, deployment: name },
  ...{ current: 'b2', pollers: served ? 1 : 0, served, versions: [] },
});
const stream = (name: string, level: 'room' | 'nearly-full' | 'full', share: number) => ({
  ...{ stream: name, bytes: 10, maxBytes: 100, messages: 1, maxMessages: -1, lastSequence: 1 },
  ...{ share, level },
});
const levels = (snapshot: SystemSnapshot) =>
  Object.fromEntries(lightsOf(snapshot).map(({ kind, name, level }) => [`${kind} ${name}`, level]));

test('each light is judged by itself', () => {
  const lights = levels({
    ...QUIET,
    streams: known([stream('EVENTS', 'room', 0.1), stream('DEAD_LETTERS', 'nearly-full', 0.9)]),
    pools: known([pool('orders', true), pool('payments', false)]),
    outbox: known({ lanes: [{ lane: 'evt', waiting: 9, more: false, oldestSeconds: 61 }], setAside: 0 }),
  });
  expect(lights).toEqual({
    ...{ 'stream EVENTS': 'good', 'stream DEAD_LETTERS': 'ticket' },
    ...{ 'pool orders': 'good', 'pool payments': 'page' },
    ...{ 'sagas sagas': 'good', 'steps steps': 'good', 'dead letters dead letters': 'good' },
    'outbox outbox': 'page',
  });
});

test('what cannot be seen is unknown, also where its names are known from before', () => {
  expect(new Set(Object.values(levels(unknownSystem())))).toEqual(new Set(['unknown']));
  const last = { at: AT, data: [pool('orders', true)] };
  const lights = levels({ ...QUIET, pools: { kind: 'unknown', at: AT, error: 'no answer', last } });
  expect(lights['pool orders']).toBe('unknown');
  expect(lights['outbox outbox']).toBe('good');
});
