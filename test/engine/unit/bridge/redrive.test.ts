// An event that was a dead letter comes once more, for one route.
import {
  createCatalogue,
  defineDomain,
  defineRoutes,
  defineSubscription,
  redriveHeaders,
  route,
} from '../../../../src/contracts';
import { bridgeAmongFakes, fakeWorkflows } from '../../../support/fakes/bridge';
import { ping, pinged, pingDomain, pingRoutes } from '../../../support/ping/domain';

const audit = { ...ping, name: 'audit' };
const catalogue = createCatalogue([
  defineDomain({
    ...pingDomain,
    workflows: [ping, audit],
    routes: [...pingRoutes, ...defineRoutes({ audit: route({ event: pinged, workflow: audit }) })],
  }),
]);

async function delivered(headers: Record<string, string>) {
  const workflows = fakeWorkflows();
  const fakes = bridgeAmongFakes({ parts: { catalogue, workflows } });
  const given = Object.entries(headers).map(([name, value]) => [name, [value]] as const);
  await fakes.deliver({ headers: Object.fromEntries(given) });
  return { ...fakes, asked: workflows.asked };
}

test('it goes to the route that it asks for and to no other, and tells the workflow which redrive it is', async () => {
  const { asked, deadLetters, calls } = await delivered(redriveHeaders({ route: 'audit', redrive: '17:2' }));
  expect(asked).toEqual([
    [expect.objectContaining({ workflowId: 'audit-p-1' }), expect.objectContaining({ redrive: '17:2' })],
  ]);
  expect(deadLetters).toEqual([]);
  expect(calls.at(-1)).toBe('settle');
});

test('without a route it goes to all', async () => {
  const { asked } = await delivered(redriveHeaders({ redrive: '17:2' }));
  expect(asked.map(([target]) => (target as { workflowId: string }).workflowId)).toEqual([
    'ping-p-1',
    'audit-p-1',
  ]);
});

test('for a route that no longer exists it is a dead letter with that reason; no workflow hears of it', async () => {
  const { asked, deadLetters, calls } = await delivered(
    redriveHeaders({ route: 'renamed', redrive: '17:2' }),
  );
  expect(asked).toEqual([]);
  expect(deadLetters).toMatchObject([{ rejection: { reason: 'unknown-route' } }]);
  expect(deadLetters[0]?.rejection.detail).toContain('"renamed"');
  expect(calls.at(-1)).toBe('settle');
});

test('for a subscription it is nothing to the bridge, if there is such a subscription', async () => {
  const subscriptions = [defineSubscription({ name: 'pings', mode: 'shared', events: [pinged] })];
  const workflows = fakeWorkflows();
  const fakes = bridgeAmongFakes({
    parts: { catalogue: createCatalogue([{ ...pingDomain, subscriptions }]), workflows },
  });
  for (const route of ['subscription:pings', 'subscription:pongs']) {
    await fakes.deliver({ headers: { 'Sagaline-Route': [route] } });
  }
  expect(workflows.asked).toEqual([]);
  expect(fakes.metrics.settlements.map(({ outcome }) => outcome)).toEqual(['unrouted', 'dead-letter']);
  expect(fakes.deadLetters).toMatchObject([{ rejection: { reason: 'unknown-route' } }]);
});
