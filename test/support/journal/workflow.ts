import type { EventOf } from '../../../src/contracts/model/event';
import type { SagaResult } from '../../../src/contracts/names/saga';
import { openInbox } from '../../../src/saga';
import type { closed, noted } from './domain';
import { CLOSED, NOTED } from './names';

export interface JournalResult extends SagaResult {
  /** Ids of the events, in the order in which they were applied. */
  readonly applied: readonly string[];
}

/** Records each event that it applies, until it is closed. */
export async function journal({ key }: { key: string }): Promise<JournalResult> {
  const inbox = openInbox<EventOf<typeof noted> | EventOf<typeof closed>>({
    key,
    shapes: { [NOTED]: { journalId: 'key', 'fatal?': 'boolean' }, [CLOSED]: { journalId: 'key' } },
  });
  const applied: string[] = [];
  for (;;) {
    const { type, id } = await inbox.takeWhenever([NOTED, CLOSED]);
    if (type === CLOSED) return { state: 'closed', seen: inbox.seen(), applied };
    applied.push(id);
  }
}
