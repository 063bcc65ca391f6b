import type { HistoryEntry } from '../../adapters/temporal';
import type { ListedDeadLetter, Operation } from '../../dead-letters';
import { parseEventType } from '../../contracts';

/** One line in the timeline of a process, from any of the stores. */
export interface Entry {
  readonly at: string;
  readonly from: 'stream' | 'workflow' | 'dead-letters' | 'outbox' | 'operations';
  readonly kind: string;
  /** Text for people. */
  readonly text: string;
  /** Fields for programs: sequences, ids, names. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Each store has a clock of its own; entries with the same time are put in the order in which they happen. */
const ORDER: readonly Entry['from'][] = ['stream', 'workflow', 'outbox', 'dead-letters', 'operations'];

export function timeline(entries: readonly Entry[]): Entry[] {
  const rank = ({ from }: Entry) => ORDER.indexOf(from);
  return [...entries].sort(
    (one, other) => Date.parse(one.at) - Date.parse(other.at) || rank(one) - rank(other),
  );
}

/** Beginning of the source of events that our own activities have written to the outbox. */
const OWN_SOURCE = '/sagaline/';

export interface SeenEvent {
  readonly storedAt: Date;
  readonly sequence: number;
  readonly subject: string;
  readonly id?: string | undefined;
  readonly source?: string | undefined;
  readonly redrive?: string | undefined;
  /** Id of the event that caused it. */
  readonly causationId?: string | undefined;
  readonly traceId?: string | undefined;
}

export function eventEntry(event: SeenEvent): Entry {
  const { storedAt, sequence, subject, id, source, redrive, causationId, traceId } = event;
  const [, context = '', fact = ''] = subject.split('.');
  const out = source?.startsWith(OWN_SOURCE) === true;
  const again = redrive === undefined ? '' : `, redriven from dead letter ${redrive.split(':')[0] ?? ''}`;
  return {
    at: storedAt.toISOString(),
    from: 'stream',
    kind: out ? 'event-out' : 'event-in',
    text: `${out ? '▸' : '◂'} event ${context}.${fact} (${sequence}${again})${causationId === undefined ? '' : ` ← ${causationId}`}`,
    fields: { sequence, subject, id, source, redrive, causationId, traceId },
  };
}

export function timelineEntryOf(
  workflowId: string,
  runId: string,
  historyEntry: HistoryEntry,
  /** The state that the saga has set itself, for example `compensating`. */
  state: string,
): Entry {
  const { at, kind, ...fields } = historyEntry;
  return {
    at: at.toISOString(),
    from: 'workflow',
    kind,
    text: words(historyEntry),
    fields: { workflowId, runId, ...(state !== '' && { sagaState: state }), ...fields },
  };
}

function words(historyEntry: HistoryEntry): string {
  switch (historyEntry.kind) {
    case 'started':
      return `┌ workflow ${historyEntry.workflow} started${historyEntry.occurrence === undefined ? '' : `, occurrence ${historyEntry.occurrence}`}`;
    case 'event': {
      const type = parseEventType(historyEntry.name);
      return `│ ◂ received ${type ? `${type.context}.${type.fact}` : historyEntry.name}`;
    }
    case 'done':
      return `│ ✓ ${stepIn(historyEntry)}`;
    case 'failed':
      return `│ ✗ ${stepIn(historyEntry)}: ${historyEntry.message}`;
    case 'deadline':
      return `│ ⏲ ${historyEntry.summary} has passed`;
    case 'state':
      return `│ ● ${historyEntry.state}`;
    case 'ended':
      return `└ ${[historyEntry.how, historyEntry.state, historyEntry.message].filter(Boolean).join(': ')}`;
  }
}

/** A summary that only repeats the activity's name is left out. */
function stepIn({ summary, activity }: { readonly summary: string; readonly activity: string }): string {
  return summary === activity ? activity : `${summary} (${activity})`;
}

export function deadLetterEntry(deadLetter: ListedDeadLetter): Entry {
  const { sequence, reason, detail, route, workflow, state, event } = deadLetter;
  return {
    at: deadLetter.deadLetteredAt,
    from: 'dead-letters',
    kind: 'dead-letter',
    text: `✝ dead letter ${sequence}, ${state}: ${reason}: ${detail}`,
    fields: { sequence, reason, detail, route, workflow, state, event },
  };
}

export function operationEntry(sequence: number, { at, kind, by, why, n }: Operation): Entry {
  return {
    at,
    from: 'dead-letters',
    kind,
    text: `✎ dead letter ${sequence} ${kind} by ${by}${why === undefined ? '' : `: ${why}`}`,
    fields: { sequence, n, by, why },
  };
}
