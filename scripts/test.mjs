// `npm test`: what computes first, then what waits for servers. Arguments reach both runs: `npm test -- <pattern>`.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import process from 'node:process';

const JEST = createRequire(import.meta.url).resolve('jest/bin/jest');
const RUNS = [
  ['--selectProjects', 'unit', 'workflow', 'replay'],
  ['--selectProjects', 'integration', '--maxWorkers=6'],
];

const given = process.argv.slice(2);
// A pattern may match files of one run only.
const shared = given.length > 0 ? [...given, '--passWithNoTests'] : [];
for (const projects of RUNS) {
  const { status } = spawnSync(process.execPath, [JEST, ...shared, ...projects], { stdio: 'inherit' });
  process.exitCode = status ?? 1;
  if (process.exitCode !== 0) break;
}
