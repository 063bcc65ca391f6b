import { APPLICATION, labelsOf, objectName } from './objects';
import type { Process } from './processes';

/** An object of KEDA. Its own schemas hold it against them: `npm run test:full -- kubernetes`. */
export interface KedaObject {
  readonly apiVersion: typeof API;
  readonly kind: 'ScaledObject' | 'TriggerAuthentication';
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
  readonly spec: object;
}

/** Never none: a pool that nobody polls leaves its sagas in silence. */
const LEAST = 1;
const MOST = 10;
/** Tasks that wait for each worker: its slots take a hundred at once. */
const TASKS_EACH = '100';
/** Events that wait for each bridge. */
const EVENTS_EACH = '500';
const BRIDGE = 'bridge';
/** Events that no bridge has settled. */
const BRIDGE_LAG = `max(sagaline_group_lag{group="${BRIDGE}"})`;
const PROMETHEUS = 'http://prometheus.monitoring.svc:9090';
const API = 'keda.sh/v1alpha1';
const TEMPORAL_LOGIN = objectName('temporal-reader');

/**
 * KEDA adds bridges by what the event stream has not settled. JetStream's own scaler counts one consumer and the bridges have 64, so
 * it asks Prometheus for their sum.
 */
export function bridgeScaler(): KedaObject {
  // With no console to measure it there is no lag to be read. KEDA would take that for none, and end the bridges that a backlog needs.
  const ignoreNullValues = 'false';
  const metadata = { serverAddress: PROMETHEUS, query: BRIDGE_LAG, threshold: EVENTS_EACH, ignoreNullValues };
  return scaledObject(BRIDGE, { type: 'prometheus', metadata });
}

/** What KEDA asks Temporal with: the certificate and token of a role that only reads. */
export function temporalLogin(): KedaObject {
  const name = objectName('keys-reader');
  return {
    apiVersion: API,
    kind: 'TriggerAuthentication',
    metadata: { name: TEMPORAL_LOGIN, labels: { 'app.kubernetes.io/name': APPLICATION } },
    spec: {
      secretTargetRef: [
        { parameter: 'apiKey', name, key: 'temporal-token' },
        { parameter: 'ca', name, key: 'ca.pem' },
        { parameter: 'cert', name, key: 'client.pem' },
        { parameter: 'key', name, key: 'client-key.pem' },
      ],
    },
  };
}

/**
 * KEDA adds workers by the backlog of their own version, whose build id the kustomization or the controller writes. Workers of a
 * version that only drains get no new work, and go down to one.
 */
export function poolScaler(
  { name, pool }: Process,
  { address, namespace, deployment, buildId }: ScaledVersion,
): KedaObject {
  return scaledObject(name, {
    type: 'temporal',
    metadata: {
      endpoint: address,
      namespace,
      taskQueue: pool?.taskQueue,
      queueTypes: 'workflow,activity',
      targetQueueSize: TASKS_EACH,
      workerDeploymentName: deployment,
      workerDeploymentBuildId: buildId,
    },
    authenticationRef: { name: TEMPORAL_LOGIN },
  });
}

/** Where Temporal is, and which version's backlog is asked for. */
interface ScaledVersion {
  readonly address: string;
  readonly namespace: string;
  readonly deployment: string;
  readonly buildId: string;
}

function scaledObject(name: string, trigger: object): KedaObject {
  return {
    apiVersion: API,
    kind: 'ScaledObject',
    metadata: { name: objectName(name), labels: labelsOf(name) },
    spec: {
      scaleTargetRef: { name: objectName(name) },
      minReplicaCount: LEAST,
      maxReplicaCount: MOST,
      triggers: [trigger],
    },
  };
}
