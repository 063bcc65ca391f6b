import type { Deployment } from 'kubernetes-types/apps/v1';
import type { Job } from 'kubernetes-types/batch/v1';
import type { Service } from 'kubernetes-types/core/v1';
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1';
import { labelsOf, objectName } from './objects';
import { jobPodOf, podOf } from './pod';
import type { Process } from './processes';

/** As many attempts as a server that starts at the same time may need. */
const ATTEMPTS = 10;
const JOB_WITHIN_S = 900;
const DAY_S = 86_400;
const HTTP_PORT = 80;

/** A process, how it is reached, and how many of it must stay while nodes are drained. */
export function workloadOf(process: Process): readonly (Deployment | Service | PodDisruptionBudget)[] {
  const metadata = { name: objectName(process.name), labels: labelsOf(process.name) };
  const selector = { matchLabels: labelsOf(process.name) };
  const deployment: Deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata,
    spec: {
      replicas: process.replicas,
      selector,
      // The new process is ready before an old one ends.
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      template: podOf(process),
    },
  };
  const service: Service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata,
    spec: {
      selector: selector.matchLabels,
      ports: [{ name: 'http', port: HTTP_PORT, targetPort: 'http' }],
    },
  };
  return [
    deployment,
    ...(process.port ? [service] : []),
    ...(process.replicas > 1 ? [budgetOf(process)] : []),
  ];
}

/** How many pods of a process may be missing while nodes are drained. */
export function budgetOf({ name }: Process): PodDisruptionBudget {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: objectName(name), labels: labelsOf(name) },
    spec: { selector: { matchLabels: labelsOf(name) }, maxUnavailable: 1 },
  };
}

/** A process that ends by itself. */
export function jobOf(process: Process): Job {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: objectName(process.name), labels: labelsOf(process.name) },
    spec: {
      backoffLimit: ATTEMPTS,
      activeDeadlineSeconds: JOB_WITHIN_S,
      ttlSecondsAfterFinished: DAY_S,
      template: jobPodOf(process),
    },
  };
}
