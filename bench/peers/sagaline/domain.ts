// The five steps as a domain of Sagaline: one event, one route, one saga. Pure.
import { z } from 'zod';
import type { ProcessDefinition } from '../../../src/contracts';
import { defineDomain, defineEvent, defineRoutes, external, route } from '../../../src/contracts';
import { QUEUE, REQUESTED } from './names';

export const requested = defineEvent({
  type: REQUESTED,
  entity: 'saga',
  summary: 'Somebody wants the five steps done. Opens the saga.',
  origin: external('the bench'),
  schema: z.strictObject({ sagaId: z.string().min(1).max(64) }),
  key: ({ sagaId }) => sagaId,
  example: { sagaId: 's-1' },
});

export const fiveSteps = {
  name: 'fiveSteps',
  taskQueue: QUEUE,
  initialState: 'working',
  summary: (sagaId) => `Five steps ${sagaId}`,
} as const satisfies ProcessDefinition;

export const peersDomain = defineDomain({
  name: 'peers',
  events: [requested],
  workflows: [fiveSteps],
  routes: defineRoutes({ requested: route({ event: requested, workflow: fiveSteps, opens: true }) }),
  webhooks: [],
});
