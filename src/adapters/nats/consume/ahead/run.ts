import type { StoredMessage } from '../../../../contracts';
import { originalSubject, parseSubject, REMEMBERED_EVENTS } from '../../../../contracts';
import type { Deferred } from '../../../../async';
import { deferred } from '../../../../async';
import type { Delivery } from '../../../../delivery';
import type { SettledAhead } from './settled-ahead';

/** Keys of one partition that are worked on at once. */
const KEYS_AT_ONCE = 8;
/** Events that are read and not settled; no more are read then. With one batch more it is what a run has in memory. */
const MOST_WAITING = 64;
/**
 * Events settled before their turn, which a crash or a restart at that moment repeats. With those that are read and not settled they
 * must be fewer than a workflow remembers: it would take a forgotten one for new.
 */
export const MOST_SETTLED = REMEMBERED_EVENTS - 400;
/** How soon a new event behind the queue is seen. */
const LOOK_MS = 50;
/** A partition whose turn has not moved for so long is held, not busy with a hot key. */
const HELD_MS = 2_000;

export interface RunParts {
  readonly hotKey: string;
  /** The next messages of the partition from a sequence on, none left out; none at its end. */
  readonly read: (from: number) => Promise<readonly StoredMessage[]>;
  readonly handle: (delivery: Delivery, ending: AbortSignal) => Promise<void>;
  readonly settled: SettledAhead;
  /** Tells that an event was settled before its turn. */
  readonly tell: (event: StoredMessage) => void;
  /** The latest event of the partition that the server has delivered in its turn, so that all before it are settled. */
  readonly turn: () => { readonly sequence: number; readonly since: number };
  /** The first messages show that the key is hot. */
  readonly begun: () => void;
  /** Monotonic clock, in milliseconds. */
  readonly now: () => number;
  /** Resolves after `ms` milliseconds, or as soon as the signal aborts. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** Works on the events of a partition behind those of a hot key. */
export interface Run {
  /**
   * Resolves when the run is done with an event, with whether it has settled it; `undefined` if it does not have it.
   * The event's turn waits for that.
   */
  outcomeOf(sequence: number): Promise<boolean> | undefined;
  /** Reads nothing more. What is in flight is tried once, the rest waits for its turn. */
  end(): void;
  /** Resolves when nothing is in flight: with whether the key was hot. */
  readonly ended: Promise<boolean>;
}

/**
 * Starts a run. It reads on from the turn, leaves out the hot key, and handles the events of each other key one after
 * another.
 *
 * Order for each key needs no lock: each process handles the events of a key in stream order, one after another,
 * leaves out only settled ones, and began where all earlier ones were settled. Then of any number of such passes the
 * first to deliver an event has delivered the one before it, or has seen it settled. All others repeat, and workflows
 * drop repeats.
 */
export function startRun(parts: RunParts): Run {
  const { hotKey, read, handle, settled, tell, turn, begun, now, sleep } = parts;
  const ending = new AbortController();
  const queues = new Map<string, StoredMessage[]>();
  /** Keys whose next event waits for its turn, and all later ones with it. */
  const blocked = new Set<string>([hotKey]);
  const outcomes = new Map<number, Deferred<boolean>>();
  const inFlight = new Map<string, Promise<void>>();

  const ended = (async () => {
    try {
      return await readOn();
    } finally {
      ending.abort();
      while (inFlight.size > 0) await Promise.all(inFlight.values());
    }
  })();
  return {
    outcomeOf: (sequence) => outcomes.get(sequence)?.promise,
    end: () => ending.abort(),
    ended,
  };

  /** Reads until the turn has come to the end of the partition. */
  async function readOn(): Promise<boolean> {
    let next = turn().sequence;
    let isHot = false;
    while (!ending.signal.aborted && now() - turn().since < HELD_MS) {
      if (outcomes.size >= MOST_WAITING || settled.size() >= MOST_SETTLED) {
        await sleep(LOOK_MS, ending.signal);
        continue;
      }
      next = Math.max(next, turn().sequence);
      const messages = await read(next);
      if (messages.length === 0 && turn().sequence >= next - 1) break;
      if (!isHot && 2 * messages.filter((each) => keyOf(each) === hotKey).length < messages.length) break;
      if (!isHot) begun();
      isHot = true;
      for (const message of messages) {
        next = message.sequence + 1;
        take(message);
      }
      if (messages.length === 0) await sleep(LOOK_MS, ending.signal);
    }
    return isHot;
  }

  function take(message: StoredMessage): void {
    const key = keyOf(message);
    if (blocked.has(key) || isSettled(message)) return;
    // In flight in its turn: the later ones of the key wait for theirs.
    if (message.sequence === turn().sequence) {
      blocked.add(key);
      return;
    }
    outcomes.set(message.sequence, deferred());
    const queue = queues.get(key);
    if (queue) queue.push(message);
    else queues.set(key, [message]);
    workOn();
  }

  function workOn(): void {
    for (const [key, queue] of queues) {
      if (inFlight.size >= KEYS_AT_ONCE) return;
      if (!inFlight.has(key)) inFlight.set(key, work(key, queue));
    }
  }

  /** Handles the events of one key, one after another. */
  async function work(key: string, queue: StoredMessage[]): Promise<void> {
    for (let message = queue[0]; message; message = queue[0]) {
      const isDone = await attempt(message);
      if (!isDone) blocked.add(key);
      for (const each of isDone ? [message] : queue) {
        outcomes.get(each.sequence)?.resolve(isDone);
        outcomes.delete(each.sequence);
      }
      queue.splice(0, isDone ? 1 : queue.length);
    }
    queues.delete(key);
    inFlight.delete(key);
    workOn();
  }

  /** @returns whether the event is settled */
  async function attempt(message: StoredMessage): Promise<boolean> {
    if (isSettled(message)) return true;
    if (ending.signal.aborted) return false;
    const outcome = { isSettled: false };
    try {
      await handle({ ...deliveryOf(message), settle: () => (outcome.isSettled = true) }, ending.signal);
    } catch {
      // Its turn shows the same error.
    }
    if (!outcome.isSettled) return false;
    settled.add(message);
    tell(message);
    return true;
  }

  function isSettled(message: StoredMessage): boolean {
    return message.sequence < turn().sequence || settled.has(message);
  }
}

/** A delivery before its turn. The server does not know of it, so that nothing is to be told to it. */
function deliveryOf(message: StoredMessage): Omit<Delivery, 'settle'> {
  return {
    ...message,
    subject: originalSubject(message.subject),
    deliveryCount: 1,
    working: () => undefined,
    release: () => undefined,
  };
}

/** The key of an event; of a subject of another form, all of it. */
export function keyOf({ subject }: { readonly subject: string }): string {
  return parseSubject(originalSubject(subject))?.key ?? subject;
}
