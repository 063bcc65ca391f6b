import { z } from 'zod';
import { code, flag, listOf, onlyPartsOf, partsOf, settingsShape, shapeProblems, text } from './shape';

/** A workflow type; prefix of workflow ids; part of queries. */
const name = text.regex(
  /^[A-Za-z][A-Za-z0-9_.-]*$/,
  'must be letters, digits, "_", "." and "-", and begin with a letter',
);
const event = partsOf(
  { type: text, key: code, schema: z.unknown().optional() },
  'an event, as defineEvent returns it',
);

const workflow = onlyPartsOf(
  {
    name,
    taskQueue: text,
    summary: code,
    initialState: text,
    batches: flag.optional(),
    recurs: flag.optional(),
    waitsForPerson: listOf(text, 'states').optional(),
    transitions: listOf(
      partsOf({ from: text, on: text, to: text }, 'a transition, { from, on, to }'),
      'transitions',
    ).optional(),
    goodEnd: text.optional(),
  },
  'a workflow, { name, taskQueue, initialState, summary }',
);

/** Which members go together, and which values they have, `routeProblems` checks. */
const route = partsOf(
  {
    name: text,
    event,
    workflow: partsOf({ name: text }, 'a workflow, { name, taskQueue, initialState, summary }'),
    condition: code.optional(),
  },
  'a route, as defineRoutes returns it',
);
const routes = z.array(z.unknown(), { error: 'must be a list of routes, as defineRoutes returns it' });

const webhook = partsOf(
  { provider: text, verify: code, compressed: flag.optional(), read: code },
  'a webhook, as defineWebhook returns it',
);
const subscription = partsOf(
  {
    name: text,
    events: listOf(event, 'events'),
    mode: z.enum(['shared', 'broadcast'], { error: 'must be "shared" or "broadcast"' }),
    batch: partsOf({ size: z.unknown(), withinMs: z.unknown() }, 'an object, { size, withinMs }').optional(),
  },
  'a subscription, as defineSubscription returns it',
);
const endpoint = partsOf(
  {
    path: text,
    event,
    workflow: partsOf({ name: text }, 'a workflow'),
    conflicts: listOf(text, 'reasons').optional(),
  },
  'an endpoint, { path, event, workflow }',
);
const started = partsOf({ name: text, taskQueue: text }, 'a workflow, { name, taskQueue }');

const domain = onlyPartsOf(
  {
    name,
    settings: settingsShape.optional(),
    events: listOf(event, 'events'),
    workflows: listOf(workflow, 'workflows'),
    routes: z.unknown().optional(),
    webhooks: listOf(webhook, 'webhooks'),
    subscriptions: listOf(subscription, 'subscriptions').optional(),
    endpoints: listOf(endpoint, 'endpoints').optional(),
    reconciliation: partsOf(
      { of: started, check: started, repair: started },
      'a reconciliation, { of, check, repair }',
    ).optional(),
  },
  'a domain, as defineDomain returns it',
);
/** Parts of a domain that are missing or of another kind; `routesProblems` is for its routes. */
export function domainShapeProblems(declared: unknown, at: number): string[] {
  return shapeProblems(domain, declared, nameOf(declared, at));
}

/** Parts of a domain's routes that are missing or of another kind. */
export function routesShapeProblems(domainName: string, made: unknown): string[] {
  const at = `routes of domain "${domainName}"`;
  if (!Array.isArray(made)) return shapeProblems(routes, made, at);
  return made.flatMap((one: unknown, place) => {
    const named = (one as { readonly name?: unknown } | null | undefined)?.name;
    return shapeProblems(
      route,
      one,
      typeof named === 'string' ? `route "${named}"` : `${at}: number ${place}`,
    );
  });
}

/** The domain's name, or its place among the domains. */
function nameOf(declared: unknown, at: number): string {
  const named = (declared as { readonly name?: unknown } | null | undefined)?.name;
  return typeof named === 'string' && named !== '' ? `domain "${named}"` : `domains[${at}]`;
}
