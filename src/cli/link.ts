import type { Config } from '../config';

/** Where a person looks at a workflow. */
export function linkTo(config: Config, workflowId: string, runId?: string): string {
  const path = [workflowId, ...(runId === undefined ? [] : [runId, 'timeline'])]
    .map(encodeURIComponent)
    .join('/');
  return `${config.TEMPORAL_UI_URL}/namespaces/${encodeURIComponent(config.TEMPORAL_NAMESPACE)}/workflows/${path}`;
}
