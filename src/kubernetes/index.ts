/** Manifests for Kubernetes of a project's processes, as a base for kustomize: `sagaline kubernetes`. */
import { stringify } from 'yaml';
import type { LoadedApp } from '../runtime/app';
import { deploymentOf } from '../runtime/version';
import { managedScalerOf, managedWorkerOf, temporalConnection } from './controller';
import {
  controllerScaling,
  NAMES_IN_SCALERS,
  plainKustomization,
  rolesKustomization,
  rolesScaling,
  SETTINGS,
  versionKustomization,
  versionScaling,
} from './kustomization';
import { networkPolicies } from './network';
import { BUILD_ID } from './pod';
import type { Process } from './processes';
import { jobsIn, providersIn, rolesIn, workersIn } from './processes';
import { bridgeScaler, poolScaler, temporalLogin } from './scaling';
import { jobOf, workloadOf } from './workloads';

const WRITTEN_BY =
  '# Written by "npx sagaline kubernetes": change the project or an overlay (docs/kubernetes.md).\n';
const WIDTH = 120;

/**
 * Makes the files of a base.
 *
 * @returns each file's text by its path
 */
export function kubernetesFiles(app: LoadedApp): ReadonlyMap<string, string> {
  const [roles, workers, jobs] = [rolesIn(app), workersIn(app), jobsIn(app)];
  const temporal = { address: SETTINGS.TEMPORAL_ADDRESS, namespace: SETTINGS.TEMPORAL_NAMESPACE };
  const bridge = bridgeScaler();
  const [provision, ofEachVersion] = [jobs.filter(isProvision), jobs.filter((job) => !isProvision(job))];

  const ofRoles: Files = [
    ...roles.map((process): File => [`${process.name}.yaml`, workloadOf(process)]),
    ['network.yaml', networkPolicies([...roles, ...workers, ...jobs])],
  ];
  const ofProvision: Files = provision.map((process): File => [`${process.name}.yaml`, [jobOf(process)]]);
  const ofVersion: Files = [
    ...ofEachVersion.map((process): File => [`${process.name}.yaml`, [jobOf(process)]]),
    ...workers.map((process): File => [`${process.name}.yaml`, workloadOf(process)]),
  ];
  const ofController: Files = [
    ['connection.yaml', [temporalConnection(temporal)]],
    ...workers.map((process): File => [`${process.name}.yaml`, managedWorkerOf(process, temporal)]),
  ];
  const scalers = (scalerOf: (process: Process) => object): Files => [
    ['temporal-login.yaml', [temporalLogin()]],
    ...workers.map((process): File => [`${process.name}.yaml`, [scalerOf(process)]]),
  ];
  const ofVersionScaling = scalers((process) => {
    const deployment = deploymentOf(process.pool?.name ?? '', SETTINGS);
    return poolScaler(process, { ...temporal, deployment, buildId: BUILD_ID });
  });
  const ofControllerScaling = scalers((process) => managedScalerOf(process, temporal));
  const all: Files = [
    ...below('roles', ofRoles),
    ['roles/kustomization.yaml', [rolesKustomization(namesOf(ofRoles), providersIn(app))]],
    ...below('provision', ofProvision),
    ['provision/kustomization.yaml', [plainKustomization(namesOf(ofProvision))]],
    ...below('version', ofVersion),
    ['version/kustomization.yaml', [versionKustomization(['../provision', ...namesOf(ofVersion)])]],
    ...below('controller', ofController),
    ['controller/kustomization.yaml', [plainKustomization(['../provision', ...namesOf(ofController)])]],
    ['scaling/roles/bridge.yaml', [bridge]],
    ['scaling/roles/kustomization.yaml', [rolesScaling(bridge)]],
    ...below('scaling/version', ofVersionScaling),
    ['scaling/version/names.yaml', [NAMES_IN_SCALERS]],
    ['scaling/version/kustomization.yaml', [versionScaling(namesOf(ofVersionScaling))]],
    ...below('scaling/controller', ofControllerScaling),
    ['scaling/controller/kustomization.yaml', [controllerScaling(namesOf(ofControllerScaling))]],
  ];
  return new Map(all.map(([file, objects]) => [file, textOf(objects)]));
}

/** Needed with Temporal's worker controller, too. */
function isProvision({ name }: Process): boolean {
  return name === 'provision';
}

/** Whether a file was written from a project. */
export function isOfKubernetes(text: string): boolean {
  return text.startsWith(WRITTEN_BY);
}

type File = readonly [path: string, objects: readonly object[]];
type Files = readonly File[];

function below(folder: string, files: Files): Files {
  return files.map(([file, objects]) => [`${folder}/${file}`, objects]);
}

function namesOf(files: Files): string[] {
  return files.map(([file]) => file);
}

function textOf(objects: readonly object[]): string {
  return WRITTEN_BY + objects.map(inYaml).join('---\n');
}

function inYaml(object: object): string {
  return stringify(object, { aliasDuplicateObjects: false, lineWidth: WIDTH, singleQuote: true });
}
