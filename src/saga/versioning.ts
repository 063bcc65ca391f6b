import type { VersioningBehavior } from '@temporalio/common';
import { workflowInfo } from '@temporalio/workflow';

/**
 * Sets how a workflow is versioned on workers that have a version: `setWorkflowOptions(versioned('PINNED'), order)`.
 *
 * Workers without a version must not set it: a Temporal server (1.32) accepts `PINNED` from them, and then waits for a
 * version that no worker has.
 *
 * @example
 * setWorkflowOptions(versioned('PINNED'), () => Promise.resolve());
 */
export function versioned(
  versioningBehavior: VersioningBehavior,
): () => { versioningBehavior?: VersioningBehavior } {
  return () => {
    const { currentDeploymentVersion } = workflowInfo();
    // A worker without a version has a build id, too, but no deployment.
    return currentDeploymentVersion?.deploymentName ? { versioningBehavior } : {};
  };
}
