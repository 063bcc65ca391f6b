import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { bundleWorkflowCode } from '@temporalio/worker';
import { bundling } from '../../../src/runtime/workflow-code';
import { handOver } from './handover';

const ROOT = path.resolve(__dirname, '../../..');
const FOLDER = path.join(ROOT, 'node_modules/.cache/sagaline-test');

const SOURCES = {
  product: path.join(ROOT, 'workflows/shop/index.ts'),
  shortRuns: path.join(ROOT, 'test/support/short-runs/workflows.ts'),
  trip: path.join(ROOT, 'test/support/trip/workflow.ts'),
  ping: path.join(ROOT, 'test/support/ping/workflow.ts'),
  pause: path.join(ROOT, 'test/support/mutants/order-with-a-pause.ts'),
  sequence: path.join(ROOT, 'test/support/mutants/order-in-sequence.ts'),
} as const;

export type BundleName = keyof typeof SOURCES;

let built: Promise<void> | undefined;

/**
 * Bundles the workflows once, outside of jest's module system, for all test files of a run: the projects' set-ups run one after
 * another in jest's own process.
 */
export default function buildBundles(): Promise<void> {
  return (built ??= build());
}

async function build(): Promise<void> {
  await mkdir(FOLDER, { recursive: true });
  const files = await Promise.all(
    Object.entries(SOURCES).map(async ([name, workflowsPath]) => {
      const { code } = await bundleWorkflowCode({ ...bundling, workflowsPath, logger: silent });
      const file = path.join(FOLDER, `${name}-${process.pid}.js`);
      await writeFile(file, code);
      return [name, file] as const;
    }),
  );
  handOver('bundles', Object.fromEntries(files) as Record<BundleName, string>);
}

export const silent = {
  log: () => undefined,
  trace: () => undefined,
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
