// Part of `npm run check`: checks the Dockerfile, the compose files and the manifests for Kubernetes. Works without Docker and without
// a cluster; if Docker Compose is installed, it also runs `docker compose config`.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { environment } from '../src/config';
import type { PinnedProgram } from '../src/dev/servers';
import { deploymentOf, problemsOf } from './deployment';
import { manifestProblems } from './deployment/manifests';
import { findProgram, HADOLINT, KUBECTL } from './deployment/programs';
import { lint, npmProgram } from './linter';

const say = (line: string) => void process.stdout.write(`deployment: ${line}\n`);

const CLUSTER = ['--file', 'docker-compose.yml', '--file', 'docker-compose.cluster.yml'];

/** Checks the files without a profile and with all profiles: a service may only wait for one that starts with it. */
function lintWithCompose(): string[] {
  if (spawnSync('docker', ['compose', 'version']).status !== 0) {
    say('there is no Docker Compose here: `docker compose config` is left out');
    return [];
  }
  return [[], ['--profile', '*'], CLUSTER].flatMap((options) =>
    lint('docker compose config', 'docker', [
      ...['compose', '--env-file', 'deploy/sandbox.env', ...options, 'config', '--quiet'],
    ]),
  );
}

async function main(): Promise<void> {
  const root = path.resolve(__dirname, '..');
  const find = (program: PinnedProgram) => findProgram(program, environment(), say);
  const unformed = [
    ...lint('hadolint', await find(HADOLINT), ['--no-color', 'Dockerfile']),
    ...lint('dclint', npmProgram('dclint'), ['docker-compose.yml', '--max-warnings', '0']),
    ...lintWithCompose(),
  ];
  const problems = [
    ...(unformed.length > 0 ? unformed : problemsOf(deploymentOf(root))),
    ...manifestProblems(root, await find(KUBECTL)),
  ];
  for (const problem of new Set(problems)) process.stderr.write(`${problem}\n`);
  if (problems.length > 0) process.exitCode = 1;
  else say('the Dockerfile, the compose files and the manifests are sound');
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
