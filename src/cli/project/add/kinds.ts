import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { CliError, EXIT } from '../../exit';
import type { Naming } from './naming';
import { CONFIG } from './modules';
import { choose, readName } from './naming';
import type { Plan } from './plan';
import { sample } from './sample';
import { refuseTakenActivities } from './taken';
import { domainFiles, poolFile, poolTest, routeTest } from './texts';

/** The options that were given with the name. */
export interface Given {
  readonly domain?: string;
  readonly pool?: string;
  readonly event?: string;
  readonly workflow?: string;
  readonly step?: string;
  readonly compensation?: string;
}

export type Kind = keyof typeof KINDS;

const domainOf = (root: string, { domain }: Given) =>
  choose(root, domain, { what: 'domain', folder: 'domains' });
const poolOf = (root: string, { pool }: Given) =>
  choose(root, pool, { what: 'pool', folder: 'workers', ext: '.ts' });
const eventOf = (root: string, event: string | undefined, domain: Naming) =>
  choose(root, event, { what: 'event', folder: `domains/${domain.kebab}/events`, ext: '.ts' });
const capabilitiesOf = (domain: Naming) => `domains/${domain.kebab}/capabilities`;
const namesOf = (domain: Naming) => `domains/${domain.kebab}/names.ts`;

function domain(root: string, name: string): Plan {
  const own = readName(name, 'domain');
  return {
    what: `domain ${own.camel}`,
    files: domainFiles(own),
    edits: [
      { file: CONFIG, edit: { kind: 'import', name: own.camel, from: `./domains/${own.kebab}` } },
      {
        file: CONFIG,
        edit: {
          kind: 'entry',
          place: { call: 'defineConfig', property: 'domains' },
          name: own.camel,
          text: own.camel,
        },
      },
    ],
    next: [`sagaline add event NAME --domain ${own.kebab}`, `sagaline add pool NAME --domain ${own.kebab}`],
  };
}

function event(root: string, name: string, given: Given): Plan {
  const own = readName(name, 'event');
  const of = domainOf(root, given);
  const names = { domain: of, event: own };
  return {
    what: `event ${own.camel} of ${of.camel}`,
    files: {
      ...sample('domains/tickets/events/ticket-requested.ts', names),
      ...sample('test/unit/events/ticket-requested.test.ts', names),
    },
    edits: [
      {
        file: namesOf(of),
        edit: {
          kind: 'entry',
          place: { constant: 'EVENTS' },
          name: own.camel,
          text: `${own.camel}: \`\${PREFIX}.${of.kebab}.${own.kebab}.v1\``,
        },
      },
      {
        file: `domains/${of.kebab}/events/index.ts`,
        edit: { kind: 'append', text: `export * from './${own.kebab}';` },
      },
    ],
    next: [
      `give it the data that it has: domains/${of.kebab}/events/${own.kebab}.ts`,
      `sagaline add route NAME --domain ${of.kebab} --event ${own.camel} --workflow NAME`,
    ],
  };
}

function route(root: string, name: string, given: Given): Plan {
  const own = readName(name, 'route');
  const of = domainOf(root, given);
  const from = eventOf(root, given.event, of);
  const workflow = readName(need(given.workflow, 'workflow'), 'workflow');
  const defined = path.join(root, 'domains', of.kebab, 'workflows.ts');
  if (!existsSync(defined) || !readFileSync(defined, 'utf8').includes(`export const ${workflow.camel} =`))
    throw new CliError(
      'unknown-workflow',
      `domains/${of.kebab}/workflows.ts has no workflow "${workflow.camel}"; make one by: sagaline add workflow ${workflow.camel}`,
      EXIT.usage,
    );
  return {
    what: `route ${own.kebab} of ${of.camel}`,
    files: { [`test/unit/routes/${own.kebab}.test.ts`]: routeTest(own, of, from, workflow) },
    edits: routeEdits(own, of, { event: from, workflow, opens: false }),
    next: [
      `take it in the workflow ${workflow.camel}:`,
      `  its type: openInbox<… | EventOf<typeof ${from.camel}>>, and in shapes a line [EVENTS.${from.camel}]: { … }`,
      `  to wait:  await inbox.take([EVENTS.${from.camel}], { ms: 10_000, waiting: 'Time for it' })`,
      `  or not:   inbox.takeNow([EVENTS.${from.camel}])`,
      `in the fault matrix, put what leads to the saga's compensation under \`incidents\`, and all else under \`events\``,
    ],
  };
}

function routeEdits(
  own: Naming,
  of: Naming,
  to: { readonly event: Naming; readonly workflow: Naming; readonly opens: boolean },
): Plan['edits'] {
  const file = `domains/${of.kebab}/routes.ts`;
  const key = own.kebab.includes('-') ? `'${own.kebab}'` : own.kebab;
  const opens = to.opens ? ', opens: true' : '';
  return [
    { file, edit: { kind: 'import', name: 'route', from: 'sagaline' } },
    { file, edit: { kind: 'import', name: to.event.camel, from: './events' } },
    { file, edit: { kind: 'import', name: to.workflow.camel, from: './workflows' } },
    {
      file,
      edit: {
        kind: 'entry',
        place: { call: 'defineRoutes' },
        name: own.kebab,
        text: `${key}: route({ event: ${to.event.camel}, workflow: ${to.workflow.camel}${opens} })`,
      },
    },
  ];
}

function step(root: string, name: string, given: Given): Plan {
  const own = readName(name, 'step');
  const compensation = readName(given.compensation ?? `compensate${own.pascal}`, 'step');
  if (compensation.camel === own.camel)
    throw new CliError(
      'bad-name',
      `the step "${own.camel}" cannot be compensated by itself; name another by --compensation`,
      EXIT.usage,
    );
  refuseTakenActivities(root, [own, compensation]);
  const pool = poolOf(root, given);
  const of = domainOfPool(root, pool);
  const names = { domain: of, pool, step: own, compensation };
  const worker = `workers/${pool.kebab}.ts`;
  const migration = sample('migrations/tickets/1770000000000_reserve-seat.sql', names);
  const create = `create${own.pascal}Activities`;
  const port = `createPostgres${own.pascal}`;
  const hasMigrations = existsSync(path.join(root, 'migrations', of.kebab));
  return {
    what: `step ${own.camel}, compensated by ${compensation.camel}, of the pool ${pool.kebab}`,
    files: {
      ...sample('activities/reserve-seat.ts', names),
      ...sample('activities/reserve-seat.postgres.ts', names),
      ...sample('domains/tickets/capabilities/reserve-seat.ts', names),
      [`migrations/${of.kebab}/${Date.now()}_${own.kebab}.sql`]: Object.values(migration).join(''),
      ...sample('test/support/fakes/reserve-seat.ts', names),
      ...sample('test/unit/reserve-seat.test.ts', names),
    },
    edits: [
      {
        file: `${capabilitiesOf(of)}/index.ts`,
        edit: { kind: 'append', text: `export * from './${own.kebab}';` },
      },
      { file: worker, edit: { kind: 'import', name: create, from: `../activities/${own.kebab}` } },
      { file: worker, edit: { kind: 'import', name: port, from: `../activities/${own.kebab}.postgres` } },
      {
        file: worker,
        edit: {
          kind: 'entry',
          place: { call: 'definePool', property: 'activities' },
          name: `${create}(${port}(database))`,
          text: `...${create}(${port}(database))`,
        },
      },
      { file: FIXTURE, edit: { kind: 'import', name: `fake${own.pascal}`, from: `./fakes/${own.kebab}` } },
      {
        file: FIXTURE,
        edit: {
          kind: 'entry',
          place: { constant: 'fakes' },
          name: own.camel,
          text: `${own.camel}: fake${own.pascal}(effects)`,
        },
      },
      ...(hasMigrations
        ? []
        : [
            {
              file: CONFIG,
              edit: {
                kind: 'entry',
                place: { call: 'defineConfig', property: 'migrations' },
                name: of.camel,
                text: `${of.camel}: 'migrations/${of.kebab}'`,
              },
            } as const,
          ]),
    ],
    next: [
      `run it in a workflow: const { ${own.camel} } = use(capabilities.${own.camel}); await saga.step(${own.camel}({}))`,
      `say how it is refused, and whether it calls a provider: ${capabilitiesOf(of)}/${own.kebab}.ts`,
    ],
  };
}

function workflow(root: string, name: string, given: Given): Plan {
  const own = readName(name, 'workflow');
  const pool = poolOf(root, given);
  const of = domainOfPool(root, pool);
  const opening = eventOf(root, given.event, of);
  const first = choose(root, given.step, { what: 'step', folder: capabilitiesOf(of), ext: '.ts' });
  const compensation = compensationOf(root, of, first);
  const names = { domain: of, pool, event: opening, workflow: own, step: first, compensation };
  const isFirst = !existsSync(path.join(root, 'workflows', pool.kebab, 'index.ts'));
  const exported = `export { ${own.camel} } from './${own.kebab}';`;
  const index = `workflows/${pool.kebab}/index.ts`;
  const scenarios = 'test/replay/scenarios/index.ts';
  return {
    what: `workflow ${own.camel} of the pool ${pool.kebab}`,
    files: {
      ...sample('workflows/tickets/ticket.ts', names),
      ...(isFirst && {
        [index]: `/** All workflows of the pool: the entry point of its bundle. */\n${exported}\n`,
      }),
      ...sample('test/workflow/ticket.test.ts', names),
      ...sample('test/matrix/ticket.test.ts', names),
      ...sample('test/replay/scenarios/ticket.ts', names),
    },
    edits: [
      ...(isFirst
        ? [
            {
              file: `workers/${pool.kebab}.ts`,
              edit: {
                kind: 'entry',
                place: { call: 'definePool' },
                name: 'workflows',
                text: `workflows: 'workflows/${pool.kebab}'`,
              },
            } as const,
          ]
        : [{ file: index, edit: { kind: 'append', text: exported } } as const]),
      ...workflowEdits(own, of, pool),
      ...routeEdits(opening, of, { event: opening, workflow: own, opens: true }),
      { file: scenarios, edit: { kind: 'import', name: own.camel, from: `./${own.kebab}`, all: true } },
      {
        file: scenarios,
        edit: { kind: 'entry', place: { constant: 'scenarios' }, name: own.camel, text: own.camel },
      },
    ],
    records: `test/replay/histories/${own.camel}.json`,
    next: ['npm test'],
  };
}

function workflowEdits(own: Naming, of: Naming, pool: Naming): Plan['edits'] {
  const file = `domains/${of.kebab}/workflows.ts`;
  const text = `
export const ${own.camel} = {
  name: '${own.camel}',
  taskQueue: TASK_QUEUES.${pool.camel},
  initialState: 'started',
  goodEnd: 'completed',
  summary: (id) => \`${own.camel} \${id}\`,
} as const satisfies ProcessDefinition;`;
  return [
    { file, edit: { kind: 'import', name: 'type ProcessDefinition', from: 'sagaline' } },
    { file, edit: { kind: 'import', name: 'TASK_QUEUES', from: './names' } },
    { file, edit: { kind: 'append', text } },
  ];
}

function pool(root: string, name: string, given: Given): Plan {
  const own = readName(name, 'pool');
  const of = domainOf(root, given);
  const entry = own.kebab === own.camel ? own.camel : `'${own.kebab}'`;
  return {
    what: `pool ${own.kebab} of ${of.camel}`,
    files: {
      [`workers/${own.kebab}.ts`]: poolFile(own, of),
      [`test/unit/pools/${own.kebab}.test.ts`]: poolTest(own, of),
    },
    edits: [
      { file: CONFIG, edit: { kind: 'import', name: `${own.camel}Pool`, from: `./workers/${own.kebab}` } },
      {
        file: CONFIG,
        edit: {
          kind: 'entry',
          place: { call: 'defineConfig', property: 'pools' },
          name: own.kebab,
          text: `${entry}: ${own.camel}Pool`,
        },
      },
      {
        file: namesOf(of),
        edit: {
          kind: 'entry',
          place: { constant: 'TASK_QUEUES' },
          name: own.camel,
          text: `${own.camel}: '${own.kebab}'`,
        },
      },
    ],
    next: [`sagaline add step NAME --pool ${own.kebab}`],
  };
}

const FIXTURE = 'test/support/fixture.ts';

/** Each function plans an addition, and writes nothing. */
export const KINDS = { domain, event, route, step, workflow, pool };

function need(given: string | undefined, what: string): string {
  if (given !== undefined) return given;
  throw new CliError('which', `say which ${what} by --${what}`, EXIT.usage);
}

/** Finds the domain of a pool by the imports of the pool's file. */
function domainOfPool(root: string, of: Naming): Naming {
  const file = `workers/${of.kebab}.ts`;
  const [, name] =
    /from ['"]\.\.\/domains\/([a-z0-9-]+)(?:\/index\.js)?['"]/.exec(
      readFileSync(path.join(root, file), 'utf8'),
    ) ?? [];
  if (name === undefined)
    throw new CliError('unknown-domain', `${file} imports no domain: definePool needs one`, EXIT.failed);
  return choose(root, name, { what: 'domain', folder: 'domains' });
}

/** Finds the compensation of a step in its capability: `undoneBy`. */
function compensationOf(root: string, domain: Naming, of: Naming): Naming {
  const file = `${capabilitiesOf(domain)}/${of.kebab}.ts`;
  const [, name] = /undoneBy: ['"]([A-Za-z0-9]+)['"]/.exec(readFileSync(path.join(root, file), 'utf8')) ?? [];
  if (name !== undefined) return readName(name, 'step');
  throw new CliError('no-compensation', `${file} names no undoneBy`, EXIT.failed);
}
