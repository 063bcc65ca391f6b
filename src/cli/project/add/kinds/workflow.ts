import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { CliError, EXIT } from '../../../exit';
import type { Naming } from '../naming';
import { choose, readName } from '../naming';
import type { Plan, Registration } from '../plan';
import { addEntry, addImport, addImportOfAll, addLines } from '../registrations';
import { sample } from '../sample';
import type { Given } from './given';
import { capabilitiesOf, domainOfPool, eventOf, poolOf } from './given';
import { routeEdits } from './route';

const SCENARIOS = 'test/replay/scenarios/index.ts';

export function workflow(root: string, name: string, given: Given): Plan {
  const own = readName(name, 'workflow');
  const pool = poolOf(root, given);
  const of = domainOfPool(root, pool);
  const opening = eventOf(root, given, of);
  const first = firstStepOf(root, given, of);
  const names = { domain: of, pool, event: opening, workflow: own, step: first };
  const bundle = bundleChanges(root, own, pool);
  return {
    what: `workflow ${own.camel} of the pool ${pool.kebab}`,
    files: {
      ...sample('workflows/tickets/ticket.ts', names),
      ...bundle.files,
      ...sample('test/workflow/ticket.test.ts', names),
      ...sample('test/matrix/ticket.test.ts', names),
      ...sample('test/replay/scenarios/ticket.ts', names),
    },
    edits: [
      ...bundle.edits,
      ...definitionEdits(own, of, pool),
      ...routeEdits(opening, of, { event: opening, workflow: own, opens: true }),
      addImportOfAll(SCENARIOS, own.camel, `./${own.kebab}`),
      addEntry(SCENARIOS, { constant: 'scenarios' }, own.camel),
    ],
    records: `test/replay/histories/${own.camel}.json`,
    next: ['npm test'],
  };
}

/** The workflow runs the step in a saga's scope, which takes only steps that can be compensated. */
function firstStepOf(root: string, { step }: Given, domain: Naming): Naming {
  const folder = capabilitiesOf(domain);
  const first = choose(root, step, { what: 'step', folder, ext: '.ts' });
  const file = `${folder}/${first.kebab}.ts`;
  if (/\bundoneBy:/.test(readFileSync(path.join(root, file), 'utf8'))) return first;
  throw new CliError('no-compensation', `${file} names no undoneBy; nothing was written`, EXIT.failed);
}

/** Adds the workflow to the entry point of the pool's bundle. The pool's first workflow makes the entry point. */
function bundleChanges(root: string, own: Naming, pool: Naming): Pick<Plan, 'files' | 'edits'> {
  const folder = `workflows/${pool.kebab}`;
  const index = `${folder}/index.ts`;
  const exported = `export { ${own.camel} } from './${own.kebab}';`;
  if (existsSync(path.join(root, index))) return { files: {}, edits: [addLines(index, exported)] };
  const text = `/** All workflows of the pool: the entry point of its bundle. */\n${exported}\n`;
  const entry = `workflows: '${folder}'`;
  return {
    files: { [index]: text },
    edits: [addEntry(`workers/${pool.kebab}.ts`, { call: 'definePool' }, 'workflows', entry)],
  };
}

function definitionEdits(own: Naming, of: Naming, pool: Naming): readonly Registration[] {
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
    addImport(file, 'type ProcessDefinition', 'sagaline'),
    addImport(file, 'TASK_QUEUES', './names'),
    addLines(file, text),
  ];
}
