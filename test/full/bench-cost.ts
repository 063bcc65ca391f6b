/** What the benchmarks compare, counted: workflow tasks, history events and calls of each workload. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';

const ROOT = path.resolve(__dirname, '../..');
const JEST = path.join(ROOT, 'node_modules/jest/bin/jest.js');

const { status } = spawnSync(process.execPath, [JEST, '--config', 'test/full/bench-cost/jest.config.cjs'], {
  cwd: ROOT,
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
