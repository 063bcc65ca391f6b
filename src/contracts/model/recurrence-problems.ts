import type { RoutedDomain } from './catalogue';
import type { ProcessDefinition, WorkflowDefinition } from './route';

/**
 * Checks a process that recurs: it needs a route that opens it. Such a route must not discard events as late, because
 * its event opens the process again.
 */
export function recurrenceProblems(
  workflow: WorkflowDefinition,
  { routes }: Pick<RoutedDomain, 'routes'>,
): string[] {
  const own = routes.filter((route) => route.workflow.name === workflow.name);
  const mixed = own
    .filter((route) => recurs(route.workflow) !== recurs(workflow))
    .map(
      ({ name }) =>
        `route "${name}": its "${workflow.name}" and that of the domain differ in \`recurs\`; use one definition`,
    );
  if (!recurs(workflow)) return mixed;
  if (workflow.batches)
    return [
      ...mixed,
      `workflow "${workflow.name}": a batcher is opened again by every event; drop \`recurs\``,
    ];
  const opening = own.filter((route) => !route.batch && route.opens);
  const never = `workflow "${workflow.name}": it recurs, and no route opens it; give one of them \`opens: true\`, or drop \`recurs\``;
  return [
    ...mixed,
    ...(opening.length === 0 ? [never] : []),
    ...opening
      .filter((route) => !route.batch && route.onClosed === 'discard')
      .map(
        ({ name }) =>
          `route "${name}": "${workflow.name}" recurs: the event opens it again, and is never late; drop \`onClosed\``,
      ),
  ];
}

/** The types refuse `recurs` for a batcher, but only where the compiler sees the definition. */
function recurs(workflow: WorkflowDefinition): boolean {
  return (workflow as ProcessDefinition).recurs === true;
}
