import { ticketRequested } from '../../../domains/tickets/events';
import { tickets } from '../../../domains/tickets';

const { schema, example, key } = ticketRequested;

test('ticketRequested is a contract of its domain', () => {
  expect(tickets.events).toContain(ticketRequested);
  expect(ticketRequested.type).toBe('com.example.tickets.tickets.ticket-requested.v1');
});

test('its key is the id, which must be there', () => {
  expect(key(schema.parse(example))).toBe(example.id);
  expect(schema.safeParse({ ...example, id: '' }).success).toBe(false);
});
