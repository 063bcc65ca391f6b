// A wrong route is refused where it is written, by its types; what they cannot see, when the process starts.
import type { Domain, Route } from '../../../../src/contracts';
import {
  createCatalogue,
  defineRoutes,
  InvalidConfigError,
  MAX_BATCH_SIZE,
  MAX_BATCH_WAIT_MS,
  route,
} from '../../../../src/contracts';
import { orderSubmitted } from '../../../../domains/shop/events';
import { ping, pinged, pingDomain, ponged } from '../../../support/ping/domain';
import { tally, TALLY_POLICY } from '../../../support/ping/tally';

const domain: Domain = { ...pingDomain, workflows: [ping, tally], routes: [] };
const batching = { event: pinged, workflow: tally, batch: TALLY_POLICY } as const;

function problemsOf(routes: readonly Route[], changes: Partial<Domain> = {}): readonly string[] {
  try {
    createCatalogue([{ ...domain, ...changes, routes }]);
  } catch (error) {
    if (!(error instanceof InvalidConfigError)) throw error;
    return error.problems;
  }
  return [];
}

/** As somebody writes who has no types, or casts them away. */
const untyped = (...parts: object[]) => Object.assign({}, ...parts) as never;

test('right routes are accepted: several for one event, several into one batcher', () => {
  const routes = defineRoutes({
    pinged: route({ event: pinged, workflow: ping, opens: true }),
    tallied: route(batching),
    'pongs-tallied': route({ ...batching, event: ponged, condition: ({ data }) => data.note === 'yes' }),
  });
  expect(problemsOf(routes)).toEqual([]);
  expect(createCatalogue([{ ...domain, routes }]).routesOf(pinged.type)).toHaveLength(2);
});

test('routes without names are refused where they are written', () => {
  expect(() => defineRoutes([route(batching)] as never)).toThrow(
    'defineRoutes takes an object: the name of each route, and what route(…) returns',
  );
});

test.each([
  { size: 1, withinMs: 1 },
  { size: MAX_BATCH_SIZE, withinMs: MAX_BATCH_WAIT_MS, debounceMs: MAX_BATCH_WAIT_MS - 1 },
])('a policy at its bounds is accepted: %j', (batch) => {
  expect(problemsOf(defineRoutes({ tallied: route({ ...batching, batch }) }))).toEqual([]);
});

describe('what the types refuse', () => {
  const refused: readonly unknown[] = [
    // @ts-expect-error -- a batcher is always opened
    () => route({ ...batching, opens: true }),
    // @ts-expect-error -- a batcher never existed and is opened
    () => route({ ...batching, onMissing: 'discard' }),
    // @ts-expect-error -- a batcher is opened again
    () => route({ ...batching, onClosed: 'discard' }),
    // @ts-expect-error -- a process takes no batches
    () => route({ event: pinged, workflow: ping, batch: TALLY_POLICY }),
    // @ts-expect-error -- a batcher takes nothing but batches
    () => route({ event: pinged, workflow: tally }),
    // @ts-expect-error -- without a size
    () => route({ event: pinged, workflow: tally, batch: { withinMs: 1 } }),
    // @ts-expect-error -- without an end
    () => route({ event: pinged, workflow: tally, batch: { size: 1 } }),
    // @ts-expect-error -- the key is the contract's
    () => route({ event: pinged, workflow: ping, key: () => 'k' }),
    // @ts-expect-error -- no such outcome
    () => route({ event: pinged, workflow: ping, onMissing: 'ignore' }),
    // @ts-expect-error -- no such field in the event's data
    () => route({ event: pinged, workflow: ping, condition: ({ data }) => data.volume > 3 }),
    // @ts-expect-error -- nor in that of an batched one
    () => route({ ...batching, condition: ({ data }) => data.volume > 3 }),
  ];

  test('holds for each of these lines: tsc checks it (npm run check)', () => {
    expect(refused).toHaveLength(11);
  });
});

describe('what is refused at the start, with the name of the route and what to do', () => {
  test.each<[string, Route[], RegExp]>([
    [
      'an unknown event',
      [...defineRoutes({ odd: route({ ...batching, event: orderSubmitted }) })],
      /^route "odd": \S+\.orders\.submitted\.v1 is not among the events of domain "ping"; declare it there$/,
    ],
    [
      'a key of its own',
      [...defineRoutes({ odd: route(untyped(batching, { key: () => 'k' })) })],
      /^route "odd": `key`: .*change `key` of the contract$/,
    ],
    [
      'a key of its own, without batching',
      [...defineRoutes({ odd: route(untyped({ event: pinged, workflow: ping, key: () => 'k' })) })],
      /^route "odd": `key`: .*change `key` of the contract$/,
    ],
    [
      'a part that there is not',
      [...defineRoutes({ odd: route(untyped({ event: pinged, workflow: ping, open: true })) })],
      /^route "odd": `open` is not a part of a route; drop it$/,
    ],
    ...(
      [
        ['an event that is undefined', { event: undefined }, 'event: must be an event, as defineEvent'],
        ['a workflow that is undefined', { workflow: undefined }, 'workflow: must be a workflow, '],
        ['a condition that is a text', { condition: 'yes' }, 'condition: must be a function; it is "yes"'],
        ['a text as `opens`', { opens: 'no' }, '`opens` must be true or false'],
        ['an unknown fate', { onMissing: 'drop' }, '`onMissing` must be "deadLetter" or "discard"'],
      ] as const
    ).map(([what, part, problem]): [string, Route[], RegExp] => [
      what,
      [...defineRoutes({ odd: route(untyped({ event: pinged, workflow: ping, opens: true }, part)) })],
      new RegExp(`^route "odd": ${problem}`),
    ]),
    [
      'a route that is undefined',
      [undefined as never],
      /^routes of domain "ping": number 0: must be a route,/,
    ],
    ...(['opens', 'onMissing', 'onClosed'] as const).map((part): [string, Route[], RegExp] => [
      `batch with ${part}`,
      [...defineRoutes({ odd: route(untyped(batching, { [part]: 'discard' })) })],
      new RegExp(`^route "odd": \`${part}\` goes with no \`batch\`: .*; drop one of them$`),
    ]),
    [
      'a batcher without a policy',
      [...defineRoutes({ odd: route(untyped({ event: pinged, workflow: tally })) })],
      /^route "odd": "tally" is a batcher; give the route `batch`, or another workflow$/,
    ],
    [
      'a batcher that passes for a process',
      [...defineRoutes({ odd: route({ event: pinged, workflow: { ...ping, name: 'tally' } }) })],
      /^route "odd": "tally" is a batcher;/,
    ],
    [
      'a policy for a process',
      [...defineRoutes({ odd: route(untyped(batching, { workflow: ping })) })],
      /^route "odd": "ping" is no batcher; drop `batch`, or route to a batcher$/,
    ],
    [
      'a workflow of another domain',
      [...defineRoutes({ odd: route({ ...batching, workflow: { ...tally, name: 'theirs' } }) })],
      /^route "odd": domain "ping" has no workflow "theirs"; route to one of its own$/,
    ],
    [
      'one name twice',
      [
        ...defineRoutes({ odd: route(batching) }),
        ...defineRoutes({ odd: route({ event: ponged, workflow: ping }) }),
      ],
      /^route "odd": another route has this name; rename one of them$/,
    ],
    [
      'two routes to one target',
      [...defineRoutes({ one: route(batching), two: route(batching) })],
      /^routes "one" and "two": both lead from \S+ to tally; make one of them, with one condition$/,
    ],
    [
      'two policies for one batcher',
      [
        ...defineRoutes({
          one: route(batching),
          two: route({ event: ponged, workflow: tally, batch: { ...TALLY_POLICY, size: 11 } }),
        }),
      ],
      /^routes "one" and "two": they fill the batches of tally by two policies; give them the same `batch`$/,
    ],
  ])('%s', (_, routes, expected) => {
    expect(problemsOf(routes)).toContainEqual(expect.stringMatching(expected));
  });

  test('a name that routes of two domains have', () => {
    const theirs = { ...domain, name: 'theirs', events: [], workflows: [], routes: [] };
    const routes = defineRoutes({ odd: route(batching) });
    expect(() =>
      createCatalogue([
        { ...domain, routes },
        { ...theirs, routes },
      ]),
    ).toThrow(/route "odd": another route has this name/);
  });

  const bad = [0, -1, 1.5, Number.NaN, Infinity, '10', undefined];
  test.each([
    ...[...bad, MAX_BATCH_SIZE + 1].map((value) => ['size', value]),
    ...[...bad, MAX_BATCH_WAIT_MS + 1].map((value) => ['withinMs', value]),
    ...bad.slice(0, -1).map((value) => ['debounceMs', value]),
  ])('a policy with the %s %s', (part, value) => {
    const batch = untyped(TALLY_POLICY, { [String(part)]: value });
    const problems = problemsOf(defineRoutes({ odd: route({ ...batching, batch }) }));
    expect(problems).toContainEqual(
      expect.stringMatching(
        `^route "odd": \`batch\\.${String(part)}\` is ${String(value)}; give it a whole number from 1 to \\d+$`,
      ),
    );
  });

  test.each([60_000, 60_001])('a pause of %d ms that would never count', (debounceMs) => {
    const batch = { ...TALLY_POLICY, debounceMs };
    expect(problemsOf(defineRoutes({ odd: route({ ...batching, batch }) }))).toEqual([
      expect.stringMatching(/^route "odd": `batch\.debounceMs` is not less than `withinMs`/),
    ]);
  });

  test('a policy that is none', () => {
    for (const batch of [null, undefined, 10]) {
      const routes = defineRoutes({ odd: route(untyped(batching, { batch })) });
      expect(problemsOf(routes)).toContainEqual(expect.stringMatching(/^route "odd": /));
    }
  });
});
