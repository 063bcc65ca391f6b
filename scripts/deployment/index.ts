// Checks of this repository's deployment that only Sagaline can make.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { checks } from './checks';
import { clusterProblems } from './cluster';
import { readCompose, unsafeVariables } from './compose';
import { environmentOf, parseDockerfile } from './dockerfile';
import { checkImage } from './image-checks';

/** The texts that are checked: those of a folder, or any texts in a test. */
export interface Deployment {
  readonly folder: string;
  readonly compose: string;
  /** Laid over `compose`. */
  readonly cluster: string;
  readonly dockerfile: string;
  readonly dockerignore: string;
  readonly manifest: { readonly version: string; readonly engines: { readonly node: string } };
}

export function deploymentOf(folder: string): Deployment {
  const read = (file: string) => readFileSync(path.join(folder, file), 'utf8');
  return {
    folder,
    compose: read('docker-compose.yml'),
    cluster: read('docker-compose.cluster.yml'),
    dockerfile: read('Dockerfile'),
    dockerignore: read('.dockerignore'),
    manifest: JSON.parse(read('package.json')) as Deployment['manifest'],
  };
}

/** All problems, by file, service and field. */
export function problemsOf(deployment: Deployment): readonly string[] {
  const { folder, manifest, dockerignore } = deployment;
  const stages = parseDockerfile(deployment.dockerfile);
  const last = stages.at(-1);
  const image = checkImage(stages, { folder, dockerignore, engines: manifest.engines.node });
  const surroundings = {
    folder,
    version: manifest.version,
    imageEnvironment: last ? environmentOf(last) : {},
  };
  const compose = readCompose(deployment.compose);
  const problems = [
    ...unsafeVariables(deployment.compose),
    ...checks.flatMap((check) => check(compose, surroundings)),
  ];
  const cluster = [
    ...unsafeVariables(deployment.cluster),
    ...clusterProblems(compose, readCompose(deployment.cluster), folder),
  ];
  return [
    ...[...new Set(image)].map((problem) => `Dockerfile: ${problem}`),
    ...problems.map((problem) => `docker-compose.yml: ${problem}`),
    ...cluster.map((problem) => `docker-compose.cluster.yml: ${problem}`),
  ];
}
