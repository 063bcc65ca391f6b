import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { bundleParts } from '../runtime/workflows/code';
import { handOver, prepared } from './handover';
import { temporalWorker } from './lazy';

const FOLDER = path.join('node_modules', '.cache', 'sagaline-test');

const silent = {
  log: () => undefined,
  trace: () => undefined,
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/**
 * Bundles workflows once for all test files of a run. Call it in a `globalSetup` of jest: webpack does not run in the module
 * system of jest's test files.
 *
 * @param sources folders or files of workflows, by a name of your choice
 * @example
 * // test/setup.ts, the `globalSetup` of jest.config.cjs
 * export default () => bundleForTests({ devices: path.resolve(__dirname, '../workflows') });
 */
export async function bundleForTests(sources: Readonly<Record<string, string>>): Promise<void> {
  const folder = path.resolve(FOLDER);
  await mkdir(folder, { recursive: true });
  const { bundleWorkflowCode } = temporalWorker();
  const files = await Promise.all(
    Object.entries(sources).map(async ([name, workflowsPath]) => {
      const { code } = await bundleWorkflowCode({
        ...bundleParts({ root: '' }),
        workflowsPath,
        logger: silent,
      });
      const file = path.join(folder, `${name}-${process.pid}.js`);
      await writeFile(file, code);
      return [name, file] as const;
    }),
  );
  handOver('bundles', Object.fromEntries(files));
}

/**
 * The bundle that {@link bundleForTests} made, for a worker, the fault matrix or a replay.
 *
 * @throws Error when the global set-up has bundled nothing under this name
 * @example
 * await Worker.create({ ...options, workflowBundle: bundleOfTests('devices') });
 */
export function bundleOfTests(name: string): { readonly codePath: string } {
  const codePath = (prepared('bundles') as Readonly<Record<string, string>>)[name];
  if (codePath === undefined) throw new Error(`bundleForTests has bundled no "${name}"`);
  return { codePath };
}
