// What contradicts itself in a process that recurs is refused when a process of the engine starts, by name.
import type { Domain, ProcessDefinition, Route, WorkflowDefinition } from '../../../../src/contracts';
import { createCatalogue, defineRoutes, InvalidConfigError, route } from '../../../../src/contracts';
import { ping, pinged, pingDomain, ponged } from '../../../support/ping/domain';
import { tally, TALLY_POLICY } from '../../../support/ping/tally';

const recurring: ProcessDefinition = { ...ping, recurs: true };
const opens = route({ event: pinged, workflow: recurring, opens: true });

function problemsOf(
  workflow: WorkflowDefinition,
  routes: readonly Route[],
  changes: Partial<Domain> = {},
): readonly string[] {
  try {
    createCatalogue([{ ...pingDomain, workflows: [workflow], routes, ...changes }]);
  } catch (error) {
    if (!(error instanceof InvalidConfigError)) throw error;
    return error.problems;
  }
  return [];
}

test('a process that recurs and is opened by a route is accepted', () => {
  expect(problemsOf(recurring, defineRoutes({ opens }))).toEqual([]);
});

test.each<[string, WorkflowDefinition, readonly Route[], RegExp]>([
  [
    'no route opens it',
    recurring,
    defineRoutes({ reaches: route({ event: pinged, workflow: recurring }) }),
    /^workflow "ping": it recurs, and no route opens it; give one of them `opens: true`, or drop `recurs`$/,
  ],
  [
    'what opens it would be discarded as late',
    recurring,
    defineRoutes({ opens: route({ event: pinged, workflow: recurring, opens: true, onClosed: 'discard' }) }),
    /^route "opens": "ping" recurs: the event opens it again, and is never late; drop `onClosed`$/,
  ],
  [
    'a route leads to another definition of it',
    ping,
    defineRoutes({ opens }),
    /^route "opens": its "ping" and that of the domain differ in `recurs`; use one definition$/,
  ],
  [
    'it is a batcher',
    { ...tally, recurs: true } as unknown as WorkflowDefinition,
    defineRoutes({ tallied: route({ event: pinged, workflow: tally, batch: TALLY_POLICY }) }),
    /^workflow "tally": a batcher is opened again by every event; drop `recurs`$/,
  ],
])('%s: refused', (_, workflow, routes, expected) => {
  expect(problemsOf(workflow, routes)).toContainEqual(expect.stringMatching(expected));
});

test('an event that only reaches it may be discarded when it is late', () => {
  const routes = defineRoutes({
    opens,
    reaches: route({ event: ponged, workflow: recurring, onClosed: 'discard' }),
  });
  expect(problemsOf(recurring, routes)).toEqual([]);
});

test('an endpoint that would open it is refused', () => {
  const endpoints = [{ path: '/pings', event: pinged, workflow: recurring }];
  expect(problemsOf(recurring, defineRoutes({ opens }), { endpoints })).toEqual([
    expect.stringMatching(
      /^endpoint "\/pings": "ping" recurs, and only events of the stream open an occurrence$/,
    ),
  ]);
});
