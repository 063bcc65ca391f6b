/** Occurrences of a process that recurs: what each is known by, and which one an event opens. (Workflows load this file.) */
import type { DomainEvent } from '../model/event';
import { identityOf, isSameContent, readMemory } from './identity';

/** Memo of each run of a process that recurs: the occurrence that the run belongs to. */
export const OCCURRENCE_MEMO = 'sagaline.occurrence';

/** State in which a run ends whose occurrence has ended before: a repeat has opened it, and it has done nothing. */
export const OCCURRENCE_REPEATED = 'repeated';

/** FNV-1a with 64 bits (http://www.isthe.com/chongo/tech/comp/fnv/): a workflow has no cryptography, and needs none here. */
const OFFSET_BASIS = 0xcbf29ce484222325n;
const PRIME = 0x100000001b3n;
const BITS = 64;
const HEX_DIGITS = 16;

/**
 * The occurrence that an event opens: made of the workflow id and the event's source and id, so that a repeat of the event
 * names the same occurrence, whatever Temporal still knows.
 *
 * @returns 16 hexadecimal digits
 * @example
 * occurrenceOf('alert-dev-1', { source: '/monitoring', id: 'raised-7' }); // '0f6b2f1d4a3c5e79', for example
 */
export function occurrenceOf(
  workflowId: string,
  event: { readonly source: string; readonly id: string },
): string {
  let hash = OFFSET_BASIS;
  for (const unit of `${workflowId}\n${identityOf(event)}`) {
    hash = BigInt.asUintN(BITS, (hash ^ BigInt(unit.codePointAt(0) ?? 0)) * PRIME);
  }
  return hash.toString(16).padStart(HEX_DIGITS, '0');
}

/**
 * What the step keys of one occurrence begin with: to the tables of effects it is a process of its own. A correlation key has no full
 * stop in it.
 */
export function processOf(key: string, occurrence: string): string {
  return `${key}.${occurrence}`;
}

/** The correlation key of a process, whether or not it is an occurrence. */
export function correlationKeyOf(process: string): string {
  return process.split('.')[0] ?? process;
}

/**
 * @example
 * stepKeyOf('dev-1', '0f6b2f1d4a3c5e79', 'openTicket'); // 'dev-1.0f6b2f1d4a3c5e79:openTicket:0'
 */
export function stepKeyOf(key: string, occurrence: string, step: string, number = 0): string {
  return `${processOf(key, occurrence)}:${step}:${number}`;
}

/** What is known of the latest run of a process that recurs. */
export type LatestRun =
  | { readonly kind: 'open' }
  /** It never ran, as far as Temporal remembers. */
  | { readonly kind: 'missing' }
  | {
      readonly kind: 'closed';
      /** Whether it came to an end of its own: one that failed, or was terminated, may be opened again by its own event. */
      readonly completed: boolean;
      readonly occurrence: string | undefined;
      /** Memories of the events that it and the occurrences before it have received, the oldest first. */
      readonly seen: readonly string[];
    };

/** What a new run begins with: the memories of the occurrences before it. */
export interface Opening {
  readonly occurrence: string;
  readonly seen: readonly string[];
}

/**
 * What an event does that may open a process: open an occurrence, or nothing, because an occurrence that has ended has received it
 * (`repeated`) or has received another event under its identity (`conflict`).
 */
export function openingAfter(
  run: Exclude<LatestRun, { kind: 'open' }>,
  workflowId: string,
  event: DomainEvent,
):
  | { readonly kind: 'opens'; readonly opening: Opening }
  | { readonly kind: 'repeated' }
  | { readonly kind: 'conflict' } {
  const occurrence = occurrenceOf(workflowId, event);
  if (run.kind === 'missing') return { kind: 'opens', opening: { occurrence, seen: [] } };
  const identity = identityOf(event);
  const memory = run.seen.map(readMemory).find(([known]) => known === identity);
  if (memory === undefined) return { kind: 'opens', opening: { occurrence, seen: run.seen } };
  if (!isSameContent(memory[1], event.contentHash)) return { kind: 'conflict' };
  if (run.completed || run.occurrence !== occurrence) return { kind: 'repeated' };
  const seen = run.seen.filter((each) => readMemory(each)[0] !== identity);
  return { kind: 'opens', opening: { occurrence, seen } };
}
