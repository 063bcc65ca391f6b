/**
 * Occurrences of a process that recurs: how each is identified, and which one an event opens. (Workflows load this
 * file.)
 */
import type { DomainEvent } from '../model/event';
import { identityOf, isSameContent, readMemory } from './event';

/** Name of a memo field of each run of a process that recurs: the occurrence that the run belongs to. */
export const OCCURRENCE_MEMO = 'sagaline.occurrence';

/** End state of a run that a repeated event opened after its occurrence had ended. The run has done nothing. */
export const OCCURRENCE_REPEATED = 'repeated';

/**
 * FNV-1a with 64 bits (http://www.isthe.com/chongo/tech/comp/fnv/): workflow code has no cryptographic hash, and does
 * not need one here.
 */
const OFFSET_BASIS = 0xcbf29ce484222325n;
const PRIME = 0x100000001b3n;
const BITS = 64;
const HEX_DIGITS = 16;

/**
 * The id of the occurrence that an event opens: a hash of the workflow id and the event's source and id. A repeat of
 * the event gives the same occurrence, even after Temporal has forgotten the run.
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
 * The prefix of the step keys of one occurrence. The tables of effects treat each occurrence as a process of its own.
 * (A correlation key contains no full stop.)
 */
export function processOf(key: string, occurrence: string): string {
  return `${key}.${occurrence}`;
}

/** The correlation key of a process, whether or not it is an occurrence. */
export function correlationKeyOf(process: string): string {
  return process.split('.')[0] ?? process;
}

/**
 * The key of a step of one occurrence.
 *
 * @example
 * stepKeyOf('dev-1', '0f6b2f1d4a3c5e79', 'openTicket'); // 'dev-1.0f6b2f1d4a3c5e79:openTicket:0'
 */
export function stepKeyOf(key: string, occurrence: string, step: string, number = 0): string {
  return `${processOf(key, occurrence)}:${step}:${number}`;
}

/** What Temporal knows about the latest run of a process that recurs. */
export type LatestRun =
  | { readonly kind: 'open' }
  /** There was no run, as far as Temporal remembers. */
  | { readonly kind: 'missing' }
  | {
      readonly kind: 'closed';
      /** Whether the run completed. If it failed or was terminated, its own opening event may open it again. */
      readonly completed: boolean;
      readonly occurrence: string | undefined;
      /** What this and earlier occurrences remember of their events (`memoryOf`), oldest first. */
      readonly seen: readonly string[];
    };

/** The input of a new run: its occurrence, and the memories of earlier occurrences. */
export interface Opening {
  readonly occurrence: string;
  readonly seen: readonly string[];
}

/**
 * Decides what an event does that may open a process. `opens`: it opens an occurrence. `repeated`: an occurrence that
 * has ended has already received it. `conflict`: such an occurrence has received another event under the same
 * identity.
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
