import type { PayloadCodec } from '@temporalio/common';
import { decodeOptionalSingle } from '@temporalio/common/lib/internal-non-workflow';
import type { History, HistoryEvent } from './recorded-command';

/** A history with decoded summaries. Of the texts in an account for people, only summaries pass through codecs. */
export async function decodedHistory(history: History, codecs: readonly PayloadCodec[]): Promise<History> {
  if (codecs.length === 0) return history;
  return { ...history, events: await Promise.all((history.events ?? []).map(decodedEvent)) };

  async function decodedEvent(event: HistoryEvent): Promise<HistoryEvent> {
    const { userMetadata } = event;
    if (!userMetadata?.summary) return event;
    const summary = await decodeOptionalSingle([...codecs], userMetadata.summary);
    return { ...event, userMetadata: { ...userMetadata, summary: summary ?? null } };
  }
}
