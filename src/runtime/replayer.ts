import type { WorkflowBundleOption } from '@temporalio/worker';
import { DefaultLogger, Runtime } from '@temporalio/worker';
// Not from the index of `testing`: its other parts are for tests, and load packages that an image does not have.
import type { RecordedHistory, ReplayOptions, ReplayVerdict } from '../testing/replay';
import { replayHistory } from '../testing/replay';
import type { LoadedApp } from './app';
import { workflowBundle, workflowFolders } from './workflows/code';

const silent = () => undefined;

export interface Replayer {
  /** Replays one history with the workflows of this project, on the bundle of the pool that has its workflow type. */
  readonly replay: (history: RecordedHistory, workflowId: string) => Promise<ReplayVerdict>;
  readonly close: () => Promise<void>;
}

/**
 * Makes a replayer. When the project runs from its sources, it bundles the workflows first. @throws Error when no pool has
 * workflows
 *
 * @param options.payloadCodecs those of `temporalSettings`
 */
export async function createReplayer(
  app: LoadedApp,
  { payloadCodecs }: Pick<ReplayOptions, 'payloadCodecs'>,
): Promise<Replayer> {
  // No log of the core: the verdict has what it says of a history that does not replay.
  const runtime = Runtime.install({
    logger: new DefaultLogger('ERROR', silent),
    telemetryOptions: { logging: { filter: 'ERROR', forward: {} } },
  });
  const bundles = new Map<string, WorkflowBundleOption>();
  for (const { pool, folder } of workflowFolders(app)) bundles.set(pool, await workflowBundle(app, folder));
  return {
    replay: (history, workflowId) =>
      replayHistory(history, bundleFor(app, bundles, history), {
        workflowId,
        payloadCodecs,
      }),
    // The SDK shuts the runtime down with its last worker; histories that cannot be read start no worker.
    close: () => runtime.shutdown(),
  };
}

/** The bundle of the pool whose task queue the history names; the first bundle for a history that names none. */
function bundleFor(
  { pools }: LoadedApp,
  bundles: ReadonlyMap<string, WorkflowBundleOption>,
  history: RecordedHistory,
): WorkflowBundleOption {
  const taskQueue = taskQueueIn(history);
  const pool = Object.entries(pools).find((entry) => entry[1].taskQueue === taskQueue)?.[0];
  const bundle = bundles.get(pool ?? '') ?? [...bundles.values()][0];
  if (!bundle) throw new Error('no pool of sagaline.config.ts has workflows');
  return bundle;
}

/** The first event of a history, as JSON or decoded. */
interface Started {
  readonly workflowExecutionStartedEventAttributes?: { readonly taskQueue?: { readonly name?: string } };
}

function taskQueueIn(history: RecordedHistory): string | undefined {
  const [started] = ('events' in history ? (history.events as readonly Started[] | null) : null) ?? [];
  return started?.workflowExecutionStartedEventAttributes?.taskQueue?.name;
}
