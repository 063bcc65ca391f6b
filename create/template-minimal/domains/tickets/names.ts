/** Names that events, workflows, activities and tests share. Plain constants: workflows import this file. */

export const PREFIX = 'com.example.tickets';

export const EVENTS = {
  ticketRequested: `${PREFIX}.tickets.ticket-requested.v1`,
} as const;

export const TASK_QUEUES = {
  tickets: 'tickets',
} as const;
