import path from 'node:path';
import { bundleForTests } from '../../../src/testing';

const ROOT = path.resolve(__dirname, '../../..');

const SOURCES = {
  product: path.join(ROOT, 'workflows/shop/index.ts'),
  shortRuns: path.join(ROOT, 'test/shop/support/short-runs/workflows.ts'),
  trip: path.join(ROOT, 'test/support/trip/workflow.ts'),
  ping: path.join(ROOT, 'test/support/ping/workflow.ts'),
  pause: path.join(ROOT, 'test/shop/support/mutants/order-with-a-pause.ts'),
  sequence: path.join(ROOT, 'test/shop/support/mutants/order-in-sequence.ts'),
} as const;

export type BundleName = keyof typeof SOURCES;

let built: Promise<void> | undefined;

/**
 * Bundles the workflows once, outside of jest's module system, for all test files of a run: the projects' set-ups run one after
 * another in jest's own process.
 */
export default function buildBundles(): Promise<void> {
  return (built ??= bundleForTests(SOURCES));
}
