import assert from 'node:assert/strict';
import { bundleOfTests, sagaFaultMatrix, told } from 'sagaline/testing';
import { ticketRequested } from '../../domains/tickets/events';
import { routes } from '../../domains/tickets/routes';
import { ticket } from '../../domains/tickets/workflows';
import { poolOf } from '../support/workers';
import { createFixture } from '../support/fixture';

test('ticket survives every fault', async () => {
  const { cells } = await sagaFaultMatrix(
    ticket,
    {
      bundle: bundleOfTests(poolOf(ticket)),
      routes,
      fixture: createFixture,
      activities: ({ activities }) => activities,
      events: (key) => [told(ticketRequested, { ...ticketRequested.example, id: key })],
      ends: ['completed', 'compensated'],
      undoes: {
        releaseSeat: 'reserveSeat',
      },
      effects: ({ script }) => script.effects,
      refusals: {
        reserveSeat: 'not-possible',
      },
    },
    {
      'reserveSeat is done in what is completed, and in nothing else': ({ fixture, key, state }) =>
        assert.equal(fixture.reserveSeat.done.has(key), state === 'completed'),
    },
  );
  expect(cells.length).toBeGreaterThan(0);
});
