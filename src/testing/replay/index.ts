/** Recorded histories: records them, and compares them with what the present code does. */
import type { PayloadCodec } from '@temporalio/common';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils';
import type { WorkflowBundleOption } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { errorMessage } from '../../contracts';
import type { Difference } from './difference';
import { differenceIn } from './difference';
import { decodedHistory } from './decoded-history';
import { temporalWorker } from '../lazy';
import type { History } from './recorded-command';

/** Whether the present code, replaying a recorded history, makes the same commands. */
export type ReplayVerdict = { readonly workflowId: string } & (
  | { readonly kind: 'replays' }
  | { readonly kind: 'differs'; readonly difference: Difference }
  /** The code threw an error, or the history cannot be read. */
  | { readonly kind: 'fails'; readonly message: string }
);

/** One recorded run: as `WorkflowHandle.fetchHistory` gives it, or its JSON, parsed (SDK's, CLI's or UI's). */
export type RecordedHistory = History | object;

/** Facts that a history may not contain. */
export interface ReplayOptions {
  /** For a history without a workflow id, such as those of older servers. */
  readonly workflowId?: string | undefined;
  /** The codecs with which the payloads were encoded. */
  readonly payloadCodecs?: readonly PayloadCodec[] | undefined;
}

/**
 * Replays one history with a bundle of workflows: `{ codePath }` of a file, or `{ code }`.
 *
 * @example
 * const { kind } = await replayHistory(history, bundle); // 'replays', 'differs' or 'fails'
 */
export async function replayHistory(
  history: RecordedHistory,
  bundle: WorkflowBundleOption,
  { workflowId, payloadCodecs = [] }: ReplayOptions = {},
): Promise<ReplayVerdict> {
  let named = workflowId ?? 'unknown';
  let read: History;
  try {
    read = readHistory(history);
    named = workflowIdIn(read) ?? named;
  } catch (error) {
    return {
      kind: 'fails',
      workflowId: named,
      message: `the history cannot be read: ${errorMessage(error)}`,
    };
  }
  try {
    await temporalWorker().Worker.runReplayHistory(
      { workflowBundle: bundle, dataConverter: { payloadCodecs: [...payloadCodecs] } },
      read,
      named,
    );
    return { kind: 'replays', workflowId: named };
  } catch (error) {
    // Compared by name: the class may have been loaded a second time.
    if (error instanceof Error && error.name === DeterminismViolationError.name) {
      return {
        kind: 'differs',
        workflowId: named,
        difference: differenceIn(error.message, await decodedHistory(read, payloadCodecs)),
      };
    }
    return { kind: 'fails', workflowId: named, message: errorMessage(error) };
  }
}

/**
 * Replays all histories, and throws one error that describes each failure: for a test of one line.
 *
 * @param histories by the name under which the error lists them
 *
 * @example
 * test('recorded histories replay', () => replay({ acknowledged: history }, bundle));
 */
export async function replay(
  histories: Readonly<Record<string, RecordedHistory>>,
  bundle: WorkflowBundleOption,
): Promise<void> {
  const accounts: string[] = [];
  for (const [name, history] of Object.entries(histories)) {
    const verdict = await replayHistory(history, bundle, { workflowId: name });
    if (verdict.kind !== 'replays') accounts.push(`${name}: ${verdictInWords(verdict)}`);
  }
  if (accounts.length > 0) {
    throw new Error(
      `${accounts.length} of ${Object.keys(histories).length} histories do not replay.\n\n${accounts.join('\n\n')}`,
    );
  }
}

/**
 * Formats a verdict for a person; a difference takes several lines.
 *
 * @example
 * verdictInWords(await replayHistory(history, bundle, { workflowId: 'alert-dev-1' }));
 */
export function verdictInWords(verdict: ReplayVerdict): string {
  switch (verdict.kind) {
    case 'replays':
      return `${verdict.workflowId} replays`;
    case 'fails':
      return `${verdict.workflowId} cannot be replayed: ${verdict.message}`;
    case 'differs': {
      const { eventId, expected, got, detail } = verdict.difference;
      const where = eventId === undefined ? '' : ` at event ${eventId}`;
      return [
        `${verdict.workflowId} differs${where}`,
        `  expected: ${expected}`,
        `  got:      ${got}`,
        `  the SDK says: ${detail}`,
      ].join('\n');
    }
  }
}

function readHistory(history: RecordedHistory): History {
  const { events } = history as { events?: readonly { eventId?: unknown }[] };
  const [first] = events ?? [];
  if (!first) throw new TypeError('it has no events');
  return typeof first.eventId === 'string' ? historyFromJSON(history) : history;
}

function workflowIdIn({ events }: History): string | undefined {
  const workflowId = events?.[0]?.workflowExecutionStartedEventAttributes?.workflowId;
  return workflowId === '' ? undefined : (workflowId ?? undefined);
}
