import assert from 'node:assert/strict';
import { bundleOfTests, sagaFaultMatrix, told } from 'sagaline/testing';
import { ticketRequested } from '../../domains/tickets/events';
import { routes } from '../../domains/tickets/routes';
import { ticket } from '../../domains/tickets/workflows';
import { poolOf } from '../support/workers';
import { createWorld } from '../support/world';

test('ticket survives every fault', async () => {
  const { cells } = await sagaFaultMatrix(
    ticket,
    {
      bundle: bundleOfTests(poolOf(ticket)),
      routes,
      world: createWorld,
      activities: ({ activities }) => activities,
      events: (key) => [told(ticketRequested, { ...ticketRequested.example, id: key })],
      ends: ['completed', 'undone'],
      undoes: {
        releaseSeat: 'reserveSeat',
      },
      effects: ({ script }) => script.effects,
      refusals: {
        reserveSeat: 'not-possible',
      },
    },
    {
      'reserveSeat is done in what is completed, and in nothing else': ({ world, key, state }) =>
        assert.equal(world.reserveSeat.done.has(key), state === 'completed'),
    },
  );
  expect(cells.length).toBeGreaterThan(0);
});
