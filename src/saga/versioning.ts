import type { VersioningBehavior } from '@temporalio/common';
import { workflowInfo } from '@temporalio/workflow';

/**
 * How a workflow that workers of a version run is versioned: `setWorkflowOptions(versioned('PINNED'), order)`.
 *
 * Workers without a version must not say it: a Temporal server (1.32) takes `PINNED` from them at its word, and then waits
 * for a version that nobody has.
 *
 * @example
 * setWorkflowOptions(versioned('PINNED'), () => Promise.resolve());
 */
export function versioned(
  versioningBehavior: VersioningBehavior,
): () => { versioningBehavior?: VersioningBehavior } {
  return () => {
    const { currentDeploymentVersion } = workflowInfo();
    // A worker without versions has a build id all the same, of no deployment.
    return currentDeploymentVersion?.deploymentName ? { versioningBehavior } : {};
  };
}
