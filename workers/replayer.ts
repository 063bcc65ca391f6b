import type { WorkflowBundleOption } from '@temporalio/worker';
import { bundleWorkflowCode, DefaultLogger, Runtime } from '@temporalio/worker';
// Not by its index, whose other parts are for tests and load what is not in an image.
import type { RecordedHistory, ReplayVerdict } from '../src/testing/replay';
import { replayHistory } from '../src/testing/replay';
import { pools } from './pools';
import { bundleOf } from './workflow-code';

const silent = () => undefined;
const SILENT = { log: silent, trace: silent, debug: silent, info: silent, warn: silent, error: silent };

export interface Replayer {
  /** Replays one history with the workflows of this folder or image. */
  readonly replay: (history: RecordedHistory, workflowId: string) => Promise<ReplayVerdict>;
  readonly close: () => Promise<void>;
}

/** From the sources it bundles them first. */
export async function createReplayer(): Promise<Replayer> {
  // What the core has to say of a history that does not replay is in the verdict.
  const runtime = Runtime.install({
    logger: new DefaultLogger('ERROR', silent),
    telemetryOptions: { logging: { filter: 'ERROR', forward: {} } },
  });
  const { workflowsPath } = pools.orders;
  const codePath = bundleOf(workflowsPath);
  const bundle: WorkflowBundleOption =
    codePath === undefined ? await bundleWorkflowCode({ workflowsPath, logger: SILENT }) : { codePath };
  return {
    replay: (history, workflowId) => replayHistory(history, bundle, workflowId),
    // The SDK ends it with its last worker: of histories that cannot be read there is none.
    close: () => runtime.shutdown(),
  };
}
