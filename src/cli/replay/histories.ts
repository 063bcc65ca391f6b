import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Client } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/client';
import type { RecordedHistory } from '../../testing/replay';
import { CliError } from '../exit';

/** A history that can be read. */
export interface Found {
  /** Name of its file, or id of its workflow. */
  readonly name: string;
  /** Type of the workflow. */
  readonly type: string;
  readonly runId?: string;
  /** Whether the workflow is open. */
  readonly open?: boolean;
  /** Resolves with `undefined` when the history has been deleted meanwhile. */
  readonly read: () => Promise<RecordedHistory | undefined>;
}

const PAGE = 100;
const HISTORY_MS = 60_000;

/**
 * Yields open workflows, then those that closed last. Reads the list page by page, and one history at a time.
 *
 * @param wanted.unpinned leaves out workflows that are pinned to a version
 */
export async function* historiesOnServer(
  client: Client,
  { types, unpinned, limit }: { types: readonly string[]; unpinned: boolean; limit: number },
): AsyncGenerator<Found> {
  let left = limit;
  for (const status of ["ExecutionStatus = 'Running'", "ExecutionStatus != 'Running'"]) {
    const query = [
      `WorkflowType IN (${types.map((type) => `'${type}'`).join(', ')})`,
      status,
      ...(unpinned ? [UNPINNED] : []),
    ].join(' AND ');
    for await (const { workflowId, runId, type, status: found } of client.workflow.list({
      query,
      pageSize: Math.min(PAGE, left || 1),
    })) {
      if (left === 0) return;
      left -= 1;
      yield {
        name: workflowId,
        type,
        runId,
        open: found.name === 'RUNNING',
        read: () => historyOf(client, workflowId, runId),
      };
    }
  }
}

const UNPINNED =
  "(TemporalWorkflowVersioningBehavior IS NULL OR TemporalWorkflowVersioningBehavior != 'Pinned')";

async function historyOf(client: Client, workflowId: string, runId: string) {
  try {
    const handle = client.workflow.getHandle(workflowId, runId);
    return await client.withDeadline(Date.now() + HISTORY_MS, () => handle.fetchHistory());
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

/** Yields the histories of files that `temporal workflow show -o json`, the web UI or `npm run replay:record` has written. */
export async function* historiesIn(paths: readonly string[]): AsyncGenerator<Found> {
  for (const file of (await Promise.all(paths.map(filesIn))).flat()) {
    const history = await parsed(file);
    yield { name: path.basename(file, '.json'), type: typeIn(history), read: () => Promise.resolve(history) };
  }
}

async function filesIn(given: string): Promise<string[]> {
  const found = await stat(given).catch(() => undefined);
  if (!found) throw new CliError('no-such-file', `there is no file or folder ${given}`);
  if (!found.isDirectory()) return [given];
  const names = (await readdir(given)).filter((name) => name.endsWith('.json')).sort();
  if (names.length === 0) throw new CliError('no-histories', `there is no history (*.json) in ${given}`);
  return names.map((name) => path.join(given, name));
}

async function parsed(file: string): Promise<object> {
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (typeof value === 'object' && value !== null) return value;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new CliError('no-history', `${file} is no history: no JSON object`);
}

function typeIn(history: object): string {
  const { events } = history as {
    events?: readonly { workflowExecutionStartedEventAttributes?: { workflowType?: { name?: string } } }[];
  };
  return events?.[0]?.workflowExecutionStartedEventAttributes?.workflowType?.name ?? 'unknown';
}
