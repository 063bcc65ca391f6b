// `npm test`: what computes first, then what waits for servers. Arguments reach both runs: `npm test -- <pattern>`.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import process from 'node:process';

const JEST = createRequire(import.meta.url).resolve('jest/bin/jest');
const RUNS = [
  ['--selectProjects', 'unit', 'workflow', 'replay'],
  ['--selectProjects', 'integration', '--maxWorkers=6'],
];

const given = process.argv.slice(2);
const hasFiles = (projects) => {
  const args = [...given, '--listTests', '--json', ...projects];
  const { stdout, stderr } = spawnSync(process.execPath, [JEST, ...args], { encoding: 'utf8' });
  if (!stdout.startsWith('[')) throw new Error(stderr);
  return JSON.parse(stdout).length > 0;
};
const runs = given.length > 0 ? RUNS.filter(hasFiles) : RUNS;

if (runs.length === 0) {
  process.stderr.write(
    `${given.join(' ')}: no file of unit, workflow, replay or integration matches. Others: npm run test:e2e, test:security and test:examples.\n`,
  );
  process.exitCode = 1;
}
for (const projects of runs) {
  const jest = spawn(process.execPath, [JEST, ...given, ...projects], { stdio: 'inherit' });
  const stop = (signal) => jest.kill(signal);
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, stop);
  const [code] = await once(jest, 'exit');
  process.exitCode = code ?? 1;
  if (process.exitCode !== 0) break;
}
