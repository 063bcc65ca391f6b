import type { Config } from '../config';

/** URL of a workflow in Temporal's UI. */
export function linkTo(
  config: Pick<Config, 'TEMPORAL_UI_URL' | 'TEMPORAL_NAMESPACE'>,
  workflowId: string,
  runId?: string,
): string {
  const path = [workflowId, ...(runId === undefined ? [] : [runId, 'timeline'])]
    .map(encodeURIComponent)
    .join('/');
  return `${config.TEMPORAL_UI_URL}/namespaces/${encodeURIComponent(config.TEMPORAL_NAMESPACE)}/workflows/${path}`;
}
