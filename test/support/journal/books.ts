/** Compares the final content of the journals with what was published. */
import type { Client } from '@temporalio/client';
import type { NatsConnection } from 'nats';
import { workflowIdOf } from '../../../src/contracts';
import { journal } from './domain';
import { closedEvent } from './events';
import { progressOf, publishInOrder, untilSettled } from './stream';
import type { JournalResult } from './workflow';

/** Allows for each bridge's pauses, and a busy machine. */
const CLOSED_WITHIN_MS = 5 * 60_000;
/** The number of journals that are read in parallel. */
const AT_ONCE = 25;

export interface Book {
  readonly journalId: string;
  /** Ids in the order in which they were applied. */
  readonly applied: readonly string[];
  /** The number of signals that the workflow got, including repeats, without the last one. */
  readonly signals: number;
}

export interface Faults {
  /** Events that were applied after one that was published later. */
  readonly inversions: number;
  readonly lost: number;
  readonly doubled: number;
}

/** Closes the journals and reads them; a bridge must be running. */
export async function closeBooks(
  connection: NatsConnection,
  temporal: Client,
  journals: readonly string[],
): Promise<Book[]> {
  await publishInOrder(
    connection,
    journals.map((journalId) => ({ event: closedEvent(journalId), messageId: `${journalId}.closed` })),
  );
  const { stored } = await progressOf(connection);
  await untilSettled(connection, stored, CLOSED_WITHIN_MS);
  const books: Book[] = [];
  for (let from = 0; from < journals.length; from += AT_ONCE) {
    books.push(...(await Promise.all(journals.slice(from, from + AT_ONCE).map(read))));
  }
  return books;

  async function read(journalId: string): Promise<Book> {
    const handle = temporal.workflow.getHandle(workflowIdOf(journal, journalId));
    const { applied } = (await handle.result()) as JournalResult;
    const { events } = await handle.fetchHistory();
    const signals = (events ?? []).filter((event) => event.workflowExecutionSignaledEventAttributes).length;
    return { journalId, applied, signals: signals - 1 };
  }
}

/** @param published ids of each journal, in the order in which they were first published */
export function faultsIn(books: readonly Book[], published: ReadonlyMap<string, readonly string[]>): Faults {
  const faults = { inversions: 0, lost: 0, doubled: 0 };
  for (const { journalId, applied } of books) {
    const expected = published.get(journalId) ?? [];
    const once = [...new Set(applied)];
    const ranks = once.map((id) => expected.indexOf(id));
    faults.inversions += ranks.filter((rank, at) => at > 0 && rank < (ranks[at - 1] ?? 0)).length;
    faults.lost += expected.filter((id) => !applied.includes(id)).length;
    faults.doubled += applied.length - once.length;
  }
  return faults;
}
