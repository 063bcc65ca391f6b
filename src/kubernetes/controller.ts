// Objects for Temporal's worker controller, which makes a Deployment for each version by itself. Its own schemas hold them against its
// definitions: `npm run test:full -- kubernetes`.
import type { PodTemplateSpec } from 'kubernetes-types/core/v1';
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1';
import { APPLICATION, labelsOf, objectName } from './objects';
import { podOf } from './pod';
import type { Process } from './processes';
import { poolScaler } from './scaling';
import { budgetOf } from './workloads';

const API = 'temporal.io/v1alpha1';
/** All new work at once, as `sagaline deploy set-current` gives it. */
const ROLLOUT = { strategy: 'AllAtOnce' };
/**
 * Counted from when nothing is pinned to a version any more: open orders keep their workers, whatever these are. For a day a rollback
 * finds workers that run. Then the Deployment goes together with its workers: KEDA would start those of one that is only scaled to zero.
 */
const SUNSET = { scaledownDelay: '24h', deleteDelay: '0s' };

interface ControllerObject {
  readonly apiVersion: typeof API;
  readonly kind: 'Connection' | 'WorkerDeployment' | 'WorkerResourceTemplate';
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
  readonly spec: object;
}

/** How the controller reaches Temporal: with the token of the operator, who may make a version current. */
export function temporalConnection({ address }: { readonly address: string }): ControllerObject {
  return {
    apiVersion: API,
    kind: 'Connection',
    metadata: { name: APPLICATION, labels: { 'app.kubernetes.io/name': APPLICATION } },
    spec: {
      hostPort: address,
      apiKeySecretRef: { name: objectName('keys-operator'), key: 'temporal-token' },
    },
  };
}

/**
 * The workers of a pool, with the same pods as without the controller. Its name is that of the pool, so that the controller gives the
 * worker deployment in Temporal the name "<Kubernetes namespace>/<pool>".
 */
export function managedWorkerOf(
  process: Process,
  { namespace }: { readonly namespace: string },
): readonly (ControllerObject | PodDisruptionBudget)[] {
  // The controller gives each version its build id.
  const template: PodTemplateSpec = podOf({ ...process, isVersioned: false });
  const deployment: ControllerObject = {
    apiVersion: API,
    kind: 'WorkerDeployment',
    metadata: { name: poolOf(process), labels: labelsOf(process.name) },
    spec: {
      replicas: process.replicas,
      workerOptions: { connectionRef: { name: APPLICATION }, temporalNamespace: namespace },
      rollout: ROLLOUT,
      sunset: SUNSET,
      template,
    },
  };
  return [deployment, managedBudgetOf(process)];
}

/**
 * One for the workers of all versions together. Those that were applied without the controller have a budget and a label of their own:
 * Kubernetes evicts no pod that two budgets select.
 */
function managedBudgetOf(process: Process): PodDisruptionBudget {
  const budget = budgetOf(process);
  const selector = {
    ...budget.spec?.selector,
    matchExpressions: [{ key: 'app.kubernetes.io/version', operator: 'DoesNotExist' }],
  };
  return { ...budget, spec: { ...budget.spec, selector } };
}

/** A scaler of KEDA for each version of a pool: the controller fills in what is empty. */
export function managedScalerOf(
  process: Process,
  { address }: { readonly address: string },
): ControllerObject {
  const filledIn = { namespace: '', deployment: '', buildId: '' };
  const { apiVersion, kind, spec } = poolScaler(process, { address, ...filledIn });
  return {
    apiVersion: API,
    kind: 'WorkerResourceTemplate',
    metadata: { name: `${poolOf(process)}-scaler`, labels: labelsOf(process.name) },
    spec: {
      workerDeploymentRef: { name: poolOf(process) },
      template: { apiVersion, kind, spec: { ...spec, scaleTargetRef: {} } },
    },
  };
}

function poolOf({ pool, name }: Process): string {
  if (pool === undefined) throw new Error(`${name} is no worker`);
  return pool.name;
}
