/** Manifests for Kubernetes of a project's processes, as a base for kustomize: `sagaline kubernetes`. */
import { stringify } from 'yaml';
import type { LoadedApp } from '../runtime/app';
import {
  NAMES_IN_SCALERS,
  rolesKustomization,
  rolesScaling,
  SETTINGS,
  versionKustomization,
  versionScaling,
} from './kustomization';
import { networkPolicies } from './network';
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

  const ofRoles: Files = [
    ...roles.map((process): File => [`${process.name}.yaml`, workloadOf(process)]),
    ['network.yaml', networkPolicies([...roles, ...workers, ...jobs])],
  ];
  const ofVersion: Files = [
    ...jobs.map((process): File => [`${process.name}.yaml`, [jobOf(process)]]),
    ...workers.map((process): File => [`${process.name}.yaml`, workloadOf(process)]),
  ];
  const scalers: Files = [
    ['temporal-login.yaml', [temporalLogin()]],
    ...workers.map((process): File => [`${process.name}.yaml`, [poolScaler(process, temporal)]]),
  ];
  const all: Files = [
    ...below('roles', ofRoles),
    ['roles/kustomization.yaml', [rolesKustomization(namesOf(ofRoles), providersIn(app))]],
    ...below('version', ofVersion),
    ['version/kustomization.yaml', [versionKustomization(namesOf(ofVersion))]],
    ['scaling/roles/bridge.yaml', [bridge]],
    ['scaling/roles/kustomization.yaml', [rolesScaling(bridge)]],
    ...below('scaling/version', scalers),
    ['scaling/version/names.yaml', [NAMES_IN_SCALERS]],
    ['scaling/version/kustomization.yaml', [versionScaling(namesOf(scalers))]],
  ];
  return new Map(all.map(([file, objects]) => [file, textOf(objects)]));
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
