import type { ProcessDriver } from 'sagaline/testing';
import { ticketRequested } from '../../../domains/tickets/events';

export { routes } from '../../../domains/tickets/routes';
export { ticket as process } from '../../../domains/tickets/workflows';

/** One way through the workflow, to its end. */
export async function play({ send, key }: ProcessDriver): Promise<void> {
  await send(ticketRequested, { ...ticketRequested.example, id: key });
}
