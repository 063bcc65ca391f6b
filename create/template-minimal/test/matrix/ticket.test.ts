import assert from 'node:assert/strict';
import { bundleOfTests, sagaFaultMatrix, told } from 'sagaline/testing';
import * as capabilities from '../../domains/tickets/capabilities';
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
      capabilities: Object.values(capabilities),
      effects: ({ script }) => script.effects,
    },
    {
      'reserveSeat is done in what is completed, and in nothing else': ({ fixture, key, state }) =>
        assert.equal(fixture.reserveSeat.done.has(key), state === 'completed'),
    },
  );
  expect(cells.length).toBeGreaterThan(0);
});
