import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { CliError, EXIT } from '../../../exit';
import type { Naming } from '../naming';
import { readName } from '../naming';
import type { Plan, Registration } from '../plan';
import { addEntry, addImport } from '../registrations';
import { routeTest } from '../texts';
import type { Given } from './given';
import { domainOf, eventOf } from './given';

export function route(root: string, name: string, given: Given): Plan {
  const own = readName(name, 'route');
  const of = domainOf(root, given);
  const from = eventOf(root, given, of);
  const workflow = workflowOf(root, given, of);
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

/** Registers a route in the domain that has it. */
export function routeEdits(
  own: Naming,
  of: Naming,
  to: { readonly event: Naming; readonly workflow: Naming; readonly opens: boolean },
): readonly Registration[] {
  const file = `domains/${of.kebab}/routes.ts`;
  const key = own.kebab.includes('-') ? `'${own.kebab}'` : own.kebab;
  const opens = to.opens ? ', opens: true' : '';
  const text = `${key}: route({ event: ${to.event.camel}, workflow: ${to.workflow.camel}${opens} })`;
  return [
    addImport(file, 'route', 'sagaline'),
    addImport(file, to.event.camel, './events'),
    addImport(file, to.workflow.camel, './workflows'),
    addEntry(file, { call: 'defineRoutes' }, own.kebab, text),
  ];
}

function workflowOf(root: string, { workflow: given }: Given, domain: Naming): Naming {
  if (given === undefined) throw new CliError('which', 'say which workflow by --workflow', EXIT.usage);
  const workflow = readName(given, 'workflow');
  const file = `domains/${domain.kebab}/workflows.ts`;
  const defined = path.join(root, file);
  if (existsSync(defined) && readFileSync(defined, 'utf8').includes(`export const ${workflow.camel} =`))
    return workflow;
  throw new CliError(
    'unknown-workflow',
    `${file} has no workflow "${workflow.camel}"; make one by: sagaline add workflow ${workflow.camel}`,
    EXIT.usage,
  );
}
