import { doubling } from '../../../async';
import type { Log, StoredMessage } from '../../../contracts';
import { originalSubject, parseSubject } from '../../../contracts';
import type { DeadLetter, DeadLetters } from '../../../delivery';
import { NotPublishedError } from '../publish/not-published';
import type { ParkedDeadLetter } from './overflow';
import { EVENTS_STREAM } from '../streams/streams';

/**
 * Pauses between the tries of a dead letter that is refused for good; each is twice as long as the one before. An
 * operator may fix the stream meanwhile.
 */
const PAUSES = { firstMs: 5_000, longestMs: 60 * 60_000 };
/** Dead letters that one pass reads after the first one that does not fit: some seconds of reading. */
const SCAN = 1_000;

export interface UnparkerParts {
  /** The first parked dead letter from this note on. */
  readonly next: (from: number) => Promise<ParkedDeadLetter | undefined>;
  /** The first event from this sequence on. */
  readonly event: (sequence: number) => Promise<StoredMessage | undefined>;
  readonly publish: DeadLetters['publish'];
  /** Removes a note. */
  readonly remove: (note: number) => Promise<void>;
  readonly log: Log;
  readonly now: () => number;
  readonly scan?: number;
}

/**
 * Publishes parked dead letters to their stream, oldest first. A dead letter that does not fit holds back the later
 * ones of its key, and those that are not smaller. A dead letter that the stream refuses for good holds back none.
 *
 * @returns a function for one pass; it resolves to the number of dead letters published
 */
export function createUnparker(parts: UnparkerParts): (signal: AbortSignal) => Promise<number> {
  const { next, event, remove, scan = SCAN } = parts;
  const refused = refusals(parts);
  // A round goes from the first note to the last, in one pass or in several.
  let from = 1;
  const heldKeys = new Set<string>();
  const newRound = () => {
    from = 1;
    heldKeys.clear();
  };

  return async (signal) => {
    let count = 0;
    let smallestHeld = Infinity;
    for (let behind = 0; behind < scan && !signal.aborted;) {
      const parked = await next(from);
      if (!parked) {
        refused.forgetOthers();
        newRound();
        return count;
      }
      if (smallestHeld < Infinity) behind++;
      const { note, subject, sequence } = parked;
      const key = keyOf(subject);
      from = note + 1;
      if (refused.isResting(note) || heldKeys.has(key)) continue;
      const deadLetter = deadLetterOf(parked, await event(sequence));
      const size = sizeOf(deadLetter);
      if (size >= smallestHeld) {
        heldKeys.add(key);
        continue;
      }
      const why = await attempt(parts, deadLetter);
      if (why === 'published') {
        await remove(note);
        count++;
      } else if (why === 'full') {
        smallestHeld = size;
        heldKeys.add(key);
      } else if (why instanceof NotPublishedError) {
        refused.add(parked, why);
      } else {
        newRound();
        return count;
      }
    }
    // There was room, so the earlier dead letters may fit now too.
    if (count > 0) newRound();
    return count;
  };
}

/** Tries to publish a dead letter; returns the error if it is refused for good. */
async function attempt(
  { publish }: UnparkerParts,
  deadLetter: DeadLetter,
): Promise<'published' | 'full' | 'unavailable' | NotPublishedError> {
  try {
    await publish(deadLetter);
    return 'published';
  } catch (error) {
    if (!(error instanceof NotPublishedError)) return 'unavailable';
    if (error.why === 'refused') return error;
    return error.why === 'full' ? 'full' : 'unavailable';
  }
}

/** The dead letters that were refused for good: each is logged once, and tried at growing intervals. */
function refusals({ log, now }: UnparkerParts) {
  const known = new Map<number, { failures: number; until: number }>();
  const seen = new Set<number>();
  return {
    isResting: (note: number) => {
      seen.add(note);
      return now() < (known.get(note)?.until ?? -Infinity);
    },
    add: ({ note, sequence, subject, reason }: ParkedDeadLetter, { cause, tooLarge }: NotPublishedError) => {
      const before = known.get(note);
      const failures = (before?.failures ?? 0) + 1;
      known.set(note, { failures, until: now() + doubling(failures, PAUSES) });
      if (before) return;
      const answer = cause instanceof Error ? cause.message : undefined;
      log.error(
        { note, sequence, subject, reason, tooLarge, answer },
        'DEAD_LETTERS refuses a parked dead letter for good; it stays parked (`dead-letters parked`), and is tried now and then',
      );
    },
    /** To be called after a round: a dead letter that was not in the round is not parked any more. */
    forgetOthers: () => {
      for (const note of known.keys()) if (!seen.has(note)) known.delete(note);
      seen.clear();
    },
  };
}

function keyOf(subject: string): string {
  return parseSubject(originalSubject(subject))?.key ?? subject;
}

function sizeOf({ delivery: { body, headers } }: DeadLetter): number {
  return body.byteLength + Buffer.byteLength(JSON.stringify(headers));
}

function deadLetterOf(parked: ParkedDeadLetter, event: StoredMessage | undefined): DeadLetter {
  const { subject, sequence, deliveryCount, storedAt, route, reason, detail, path } = parked;
  const found = event?.sequence === sequence ? event : undefined;
  return {
    delivery: {
      ...{ subject, sequence, deliveryCount, storedAt, stream: EVENTS_STREAM },
      headers: found?.headers ?? {},
      body: found?.body ?? new Uint8Array(),
    },
    rejection: {
      reason,
      detail: found
        ? detail
        : `the event was removed from its stream while the dead letter was parked; ${detail}`,
      path,
    },
    route,
  };
}
