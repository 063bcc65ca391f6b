import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { optionalTsToDate } from '@temporalio/common/lib/time';
import type { temporal } from '@temporalio/proto';
import type { NamedVersion } from '../deployments/pinned';
import type { FindStruggles } from './retrying';
import { namedVersion } from './retrying';
import { sagaOf } from './sagas';

/** The `step` of a struggle whose workflow task fails; other struggles have the name of an activity. */
export const WORKFLOW_TASK = 'workflow task';

/** Set by the server (1.30 and later) after some attempts of one workflow task; removed when an attempt succeeds. */
const REPORTED = defineSearchAttributeKey('TemporalReportedProblems', SearchAttributeType.KEYWORD_LIST);
const CAUSE = /^cause=(?:WorkflowTaskFailedCause)?(.+)$/;

/**
 * Finds a workflow that cannot go on because its workflow tasks fail: non-determinism, or an error that its code
 * throws. `lastFailure` is in Temporal's words, such as `WorkflowWorkerUnhandledFailure`; it is empty on a server
 * that does not report it.
 */
export const failingWorkflowTask: FindStruggles = (_client, described) => {
  const { attempt, originalScheduledTime } = described.raw.pendingWorkflowTask ?? {};
  if ((attempt ?? 0) <= 1) return Promise.resolve([]);
  const saga = sagaOf(described);
  const problems = described.typedSearchAttributes.get(REPORTED) ?? [];
  return Promise.resolve([
    {
      saga,
      step: WORKFLOW_TASK,
      attempts: attempt ?? 0,
      since: optionalTsToDate(originalScheduledTime) ?? saga.startedAt,
      lastFailure: problems.map((each) => CAUSE.exec(each)?.[1]).find(Boolean) ?? '',
      version: taskVersion(described.raw.workflowExecutionInfo?.versioningInfo),
    },
  ]);
};

/** An override by `deploy move` wins over the version that ran the workflow before. */
function taskVersion(
  info: temporal.api.workflow.v1.WorkflowExecutionVersioningInfo.$Properties | null | undefined,
): NamedVersion | undefined {
  return namedVersion(info?.versioningOverride?.pinned?.version ?? info?.deploymentVersion);
}
