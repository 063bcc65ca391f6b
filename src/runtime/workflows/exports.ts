import path from 'node:path';
import { InvalidConfigError } from '../../config';
import type { LoadedApp, Pool } from '../app';

/**
 * Checks that a pool exports its workflows under the names by which they are started. Temporal's own error comes later, at the
 * first task of each workflow, which Temporal then retries for ever.
 *
 * @param entry the module that exports the pool's workflows
 * @throws InvalidConfigError
 */
export function assertExported(
  { domains }: Pick<LoadedApp, 'domains'>,
  poolName: string,
  { taskQueue }: Pool,
  entry: string,
): void {
  const exported = exportsOf(entry);
  // A default export runs the workflows without an export of their own.
  if (exported === undefined || typeof exported['default'] === 'function') return;
  const declared = domains.flatMap(({ workflows, reconciliation }) => [
    ...workflows,
    ...(reconciliation ? [reconciliation.check] : []),
  ]);
  const missing = declared.filter(
    (workflow) => workflow.taskQueue === taskQueue && typeof exported[workflow.name] !== 'function',
  );
  if (missing.length === 0) return;
  throw new InvalidConfigError(
    missing.map(
      ({ name }) =>
        `pool "${poolName}": ${entry} does not export a function "${name}", which the domain declares as a workflow; export it there, under this name`,
    ),
  );
}

/** The exports of a module, or `undefined` for a module that loads in Temporal's sandbox only: its names are then unknown. */
function exportsOf(entry: string): Readonly<Record<string, unknown>> | undefined {
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- tsx, which loads TypeScript, hooks `require`
    return require(path.resolve(entry)) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
