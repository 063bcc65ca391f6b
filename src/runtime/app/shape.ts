import { z } from 'zod';
import { domainShapeProblems } from '../../contracts';
import { code, listOf, onlyPartsOf, partsOf, settingsShape, shapeProblems, text } from '../../contracts';
import type { App } from '.';

const capability = partsOf(
  { name: text, taskQueue: text, steps: partsOf({}, 'an object of steps') },
  'a capability, as capability()(…) returns it',
);

const pool = onlyPartsOf(
  {
    domain: partsOf({ name: text }, 'a domain, as defineDomain returns it'),
    taskQueue: text,
    workflows: text.optional(),
    publishes: listOf(text, 'names of contexts').optional(),
    providers: listOf(text, 'names of providers').optional(),
    places: listOf(capability, 'capabilities').optional(),
    database: text.optional(),
    activities: code,
  },
  'a pool, as definePool returns it',
);

const role = partsOf(
  { settings: settingsShape, port: text.optional(), run: code },
  'a role, as defineDevRole returns it',
);

const app = onlyPartsOf(
  {
    root: z.unknown().optional(),
    file: z.unknown().optional(),
    domains: z.unknown().optional(),
    pools: z.record(z.string(), pool, { error: 'must be an object of pools, { oncall: oncallPool }' }),
    migrations: z
      .record(z.string(), text, { error: "must be an object of folders, { devices: 'migrations/devices' }" })
      .optional(),
    databaseAccess: z
      .record(
        z.string(),
        z.record(
          z.string(),
          z.enum(['read', 'append', 'write'], { error: 'must be "read", "append" or "write"' }),
          { error: "must be an object of roles, { 'worker:oncall': 'write' }" },
        ),
        { error: "must be an object of schemas, { devices: { 'worker:oncall': 'write' } }" },
      )
      .optional(),
    subscriptions: code.optional(),
    gateway: onlyPartsOf(
      { plugins: listOf(code, 'Fastify plugins') },
      'an object, { plugins: […] }',
    ).optional(),
    dispatch: code.optional(),
    payloadCodecs: listOf(
      partsOf({ encode: code, decode: code }, "one of Temporal's codecs, { encode, decode }"),
      "Temporal's payload codecs",
    ).optional(),
    workers: onlyPartsOf(
      {
        activityInterceptors: code.optional(),
        workflowInterceptors: listOf(text, 'paths of modules').optional(),
        sinks: code.optional(),
      },
      'an object, { activityInterceptors, workflowInterceptors, sinks }',
    ).optional(),
    schedules: code.optional(),
    openProcesses: code.optional(),
    dev: onlyPartsOf(
      {
        roles: z.record(z.string(), role, { error: 'must be an object of roles' }).optional(),
        presets: code.optional(),
        seed: text.optional(),
        tour: text.optional(),
      },
      'an object, { roles, presets, seed, tour }',
    ).optional(),
  } satisfies Record<keyof App | 'root' | 'file', z.ZodType>,
  'what defineConfig returns',
);

/** Parts of a configuration that are missing, misspelt or of another kind. Nothing else can be checked before. */
export function appShapeProblems(declared: App): string[] {
  return [
    ...shapeProblems(app, declared, ''),
    ...declared.domains.flatMap((domain, at) => domainShapeProblems(domain, at)),
  ];
}
