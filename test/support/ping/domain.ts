import { z } from 'zod';
import type { ProcessDefinition } from '../../../src/contracts';
import { defineDomain, defineEvent, defineRoutes, external, internal, route } from '../../../src/contracts';
import { PING_QUEUE, PINGED, PINGED_V2, PONGED } from './names';

/** A small domain for the engine's own tests: the engine does not know the shop. */

const keyed = z.strictObject({ pingId: z.string().min(1).max(64), note: z.string().max(100).optional() });
const key = ({ pingId }: { pingId: string }) => pingId;

/** Superseded by {@link pinged}; still accepted. */
export const pingedV1 = defineEvent({
  type: PINGED,
  entity: 'ping',
  summary: 'Somebody has pinged, in the words of the first version.',
  origin: external('the tests'),
  schema: keyed,
  key,
  example: { pingId: 'p-1' },
});

export const pinged = defineEvent({
  type: PINGED_V2,
  entity: 'ping',
  summary: 'Somebody has pinged. Opens the workflow.',
  origin: external('the tests'),
  schema: keyed.extend({ urgency: z.int().min(0).max(10) }),
  key,
  example: { pingId: 'p-1', urgency: 3 },
  upcast: { from: PINGED, data: (older) => ({ ...(older as object), urgency: 0 }) },
});

/** The same events, published by a project's own steps. */
export const ownPinged = { ...pinged, origin: internal };
export const ownPingedV1 = { ...pingedV1, origin: internal };

/** Reaches an open workflow, and ends it. */
export const ponged = defineEvent({
  type: PONGED,
  entity: 'ping',
  summary: 'The answer to a ping. Reaches an open workflow, which ends with it.',
  origin: external('the tests'),
  schema: keyed,
  key,
  example: { pingId: 'p-1' },
});

export const ping = {
  name: 'ping',
  taskQueue: PING_QUEUE,
  initialState: 'pinging',
  goodEnd: 'ponged after 1',
  summary: (pingId) => `Ping ${pingId}`,
} as const satisfies ProcessDefinition;

export const pingRoutes = defineRoutes({
  pinged: route({ event: pinged, workflow: ping, opens: true }),
  ponged: route({ event: ponged, workflow: ping, condition: ({ data }) => data.note !== 'ignore me' }),
});

export const pingDomain = defineDomain({
  name: 'ping',
  events: [pingedV1, pinged, ponged],
  workflows: [ping],
  routes: pingRoutes,
  webhooks: [],
});
