import { defineRoutes, route } from 'sagaline';
import { ticketRequested } from './events';
import { ticket } from './workflows';

/** Which events reach which workflow, and which of them open it. */
export const routes = defineRoutes({
  'ticket-requested': route({ event: ticketRequested, workflow: ticket, opens: true }),
});
