import type { Client } from '@temporalio/client';
import { optionalTsToDate, tsToMs } from '@temporalio/common/lib/time';
import { withoutEscapes } from '../../../contracts';
import { textOf } from '../connection/payload';
import { historyEvents } from './history';
import type { Saga } from './sagas';

/** A timer of a workflow that has not fired. */
export interface Deadline {
  /** The workflow's own words; empty for a timer without a summary. */
  readonly summary: string;
  readonly at: Date;
}

/** The timers that a run waits for, the next one first. It reads the history. */
export async function deadlinesOf(
  client: Client,
  { workflowId, runId }: Pick<Saga, 'workflowId' | 'runId'>,
): Promise<Deadline[]> {
  const open = new Map<string, Deadline>();
  for await (const event of historyEvents(client, workflowId, runId, false)) {
    const started = event.timerStartedEventAttributes;
    if (started) {
      const from = optionalTsToDate(event.eventTime)?.getTime() ?? 0;
      const summary = (await textOf(client, event.userMetadata?.summary)) ?? '';
      const at = new Date(from + tsToMs(started.startToFireTimeout));
      open.set(started.timerId ?? '', { summary: withoutEscapes(summary), at });
    }
    const over = event.timerFiredEventAttributes ?? event.timerCanceledEventAttributes;
    if (over) open.delete(over.timerId ?? '');
  }
  return [...open.values()].sort((one, other) => one.at.getTime() - other.at.getTime());
}
