/** What is done to whom, and when: all of it decided by the seed before the run begins. */
import type { Random } from '../../../src/dev/random';
import type { Listener } from '../names';
import { calledBy, NATS_NODES, PROCESSES } from '../names';

/** Whoever leads the stream of events when the fault comes. */
export const NATS_LEADER = 'nats-leader';

/** Whichever of the nodes. */
export const NATS = 'nats';

export type Fault = { readonly target: string; readonly afterMs: number } & (
  | {
      /** SIGKILL, and a new start: of a server after `lastsMs`, of a process by its supervisor. */
      readonly kind: 'kill';
      readonly lastsMs: number;
    }
  /** SIGSTOP, and SIGCONT after `lastsMs`. */
  | { readonly kind: 'halt'; readonly lastsMs: number }
  /** All its connections end, and new ones are refused. */
  | { readonly kind: 'cut'; readonly lastsMs: number }
  /** What it is told, and what it says, takes longer. */
  | { readonly kind: 'slow'; readonly lastsMs: number; readonly delayMs: number }
  /** Its lines, or those to one listener, stall for `lastsMs`, so that it has work in hand; then SIGKILL. */
  | { readonly kind: 'kill-midway'; readonly lastsMs: number; readonly stalls?: Listener | typeof NATS }
);

export type FaultKind = Fault['kind'];

const KINDS: readonly FaultKind[] = ['kill', 'halt', 'cut', 'slow', 'kill-midway'];

/** Some at a time, and time to work in between: on two cores a process that is started again takes seconds. */
const GAP_MS = { from: 1_500, to: 4_500 };
const AWAY_MS = { from: 500, to: 4_000 };
/** Not noticed by anybody. */
const SHORT_HALT_MS = { from: 500, to: 2_500 };
/** Longer than `ack_wait` (4 s) and the relay's lock (3.5 s); the longer ones than a step's deadline (9 s), too. */
const LONG_HALT_MS = { from: 5_000, to: 14_000 };
const CUT_MS = { from: 500, to: 8_000 };
const SLOW_MS = { from: 3_000, to: 9_000 };
const DELAY_MS = { from: 50, to: 1_200 };
const STALL_MS = { from: 300, to: 2_000 };
/** A target that was struck is left alone for so long: it starts again, and works. */
const REST_MS = 6_000;
/** Of three nodes one is away at a time: the next one only when the one before has caught up. */
const NODE_REST_MS = 12_000;

const ALL_NODES: readonly string[] = [...NATS_NODES, NATS_LEADER];
const ALL_TARGETS: readonly string[] = [...PROCESSES, ...ALL_NODES, 'temporal', 'postgres'];

/** A plan that meets what one mistake needs to show: more of the same faults, of the same targets. */
export interface Focus {
  readonly targets: readonly string[];
  readonly kinds: readonly FaultKind[];
  readonly lastsMs?: Range;
  readonly stalls?: Listener;
}

interface Range {
  readonly from: number;
  readonly to: number;
}

/**
 * Each target once in each round, in another order each time, and each time with another kind of fault. With a focus every
 * other fault is one of its own.
 */
export function planFaults(random: Random, { overMs, focus }: { overMs: number; focus?: Focus }): Fault[] {
  const targets = deck(random, ALL_TARGETS);
  const kinds = new Map(ALL_TARGETS.map((target) => [target, deck(random, KINDS)]));
  const focused = focus && { targets: deck(random, focus.targets), kinds: deck(random, focus.kinds) };
  const freeFrom = new Map<string, number>();
  const faults: Fault[] = [];
  let afterMs = 0;
  for (let count = 0; ; count += 1) {
    afterMs += random.between(GAP_MS.from, GAP_MS.to);
    const isFocused = focused !== undefined && count % 2 === 1;
    const target = isFocused ? focused.targets() : targets();
    const kind = isFocused ? focused.kinds() : (kinds.get(target)?.() ?? 'kill');
    const at = Math.max(afterMs, freeFrom.get(groupOf(target)) ?? 0);
    const fault = made(random, { kind, target, afterMs: Math.round(at) }, isFocused ? focus : undefined);
    const until = at + fault.lastsMs;
    if (until > overMs) {
      if (afterMs > overMs) return faults.sort((one, other) => one.afterMs - other.afterMs);
      continue;
    }
    freeFrom.set(groupOf(target), until + (ALL_NODES.includes(target) ? NODE_REST_MS : REST_MS));
    faults.push(fault);
  }
}

/** Never two nodes of NATS at once, whoever leads. */
function groupOf(target: string): string {
  return ALL_NODES.includes(target) ? 'nats' : target;
}

function made(
  random: Random,
  { kind, target, afterMs }: Pick<Fault, 'kind' | 'target' | 'afterMs'>,
  focus?: Focus,
): Fault {
  const within = (preset: Range) => {
    const { from, to } = focus?.lastsMs ?? preset;
    return Math.round(random.between(from, to));
  };
  switch (kind) {
    case 'kill':
      return { kind, target, afterMs, lastsMs: within(AWAY_MS) };
    case 'halt':
      return { kind, target, afterMs, lastsMs: within(random.pick([SHORT_HALT_MS, LONG_HALT_MS])) };
    case 'cut':
      return { kind, target, afterMs, lastsMs: within(CUT_MS) };
    case 'slow': {
      const delayMs = Math.round(random.between(DELAY_MS.from, DELAY_MS.to));
      return { kind, target, afterMs, lastsMs: within(SLOW_MS), delayMs };
    }
    case 'kill-midway': {
      const fault = { kind, target, afterMs, lastsMs: within(STALL_MS) };
      const listeners = PROCESSES.includes(target) ? callees(target) : [];
      return listeners.length > 0 ? { ...fault, stalls: focus?.stalls ?? random.pick(listeners) } : fault;
    }
  }
}

/** Whom a process talks to, the three nodes as one. */
function callees(process: string): (Listener | typeof NATS)[] {
  return [...new Set(calledBy(process).map((each) => (ALL_NODES.includes(each) ? NATS : each)))];
}

/** Deals the cards of a list one by one, and shuffles them anew when all are dealt. */
function deck<Card>(random: Random, cards: readonly Card[]): () => Card {
  let left: Card[] = [];
  return () => {
    if (left.length === 0) left = random.shuffled(cards);
    const card = left.shift();
    if (card === undefined) throw new Error('a deck has cards');
    return card;
  };
}
