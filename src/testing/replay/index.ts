/** Recorded histories: written, and compared with what the present code does. */
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

/** Whether the present code leads a recorded history to the commands that it had. */
export type ReplayVerdict = { readonly workflowId: string } & (
  | { readonly kind: 'replays' }
  | { readonly kind: 'differs'; readonly difference: Difference }
  /** The code has thrown, or the history cannot be read. */
  | { readonly kind: 'fails'; readonly message: string }
);

/** One recorded run: as `WorkflowHandle.fetchHistory` gives it, or its JSON, parsed (SDK's, CLI's or UI's). */
export type RecordedHistory = History | object;

/** What a history does not say of itself. */
export interface ReplayOptions {
  /** For a history that does not name its own (older servers' do not). */
  readonly workflowId?: string | undefined;
  /** With which the payloads were encoded. */
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
    // By its name: the class may have been loaded a second time.
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
 * Replays all of these, and throws one error with the account of each that does not: for a test of one line.
 *
 * @param histories by the name under which the account shall tell of them
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
 * A verdict as a person reads it; several lines where there is a difference.
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
