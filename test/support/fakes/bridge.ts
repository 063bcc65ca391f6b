import { setImmediate as turn } from 'node:timers/promises';
import type {
  Answer,
  BridgeMetrics,
  BridgeParts,
  EventOutcome,
  PoisonMarks,
  Workflows,
} from '../../../src/bridge';
import type { DeadLetter, DeadLetters, Delivery } from '../../../src/delivery';
import { createBridge } from '../../../src/bridge';
import type { DomainEvent } from '../../../src/contracts';
import { createCatalogue } from '../../../src/contracts';
import { rememberingLog } from '../log';
import { pingDomain } from '../ping/domain';
import { PINGED_V2 } from '../ping/names';
import { structured } from './messages';

/** The calls of all fakes that the bridge needs, in the order in which they were made and answered. */
export type Calls = string[];

export const answered = <const Value>(value: Value): Answer<Value> => ({ kind: 'answered', value });
export const unavailable = {
  kind: 'unavailable',
  why: 'away',
  cause: new Error('Temporal is away'),
} as const;
export const failing = {
  kind: 'unavailable',
  why: 'failing',
  cause: new Error('13 INTERNAL: not one of its better days'),
} as const;
export const rejected = { kind: 'rejected', cause: new Error('the cause that nobody knows') } as const;

/** Temporal's answers, by method; the last answer is repeated. */
export type Script = {
  readonly [Method in keyof Workflows]?: readonly (Awaited<ReturnType<Workflows[Method]>> | Error)[];
};

/** A fake Temporal that follows the script, and otherwise accepts everything. An `Error` in the script is thrown. */
export function fakeWorkflows(
  script: Script = {},
  calls: Calls = [],
): Workflows & { readonly asked: unknown[][] } {
  const asked: unknown[][] = [];
  const method = <Value>(name: keyof Workflows, answers: readonly (Answer<Value> | Error)[]) => {
    let next = 0;
    return async (...question: unknown[]): Promise<Answer<Value>> => {
      asked.push(question);
      calls.push(name);
      await turn();
      const answer = answers[Math.min(next++, answers.length - 1)] ?? unavailable;
      if (answer instanceof Error) throw answer;
      calls.push(`${name}: ${answer.kind === 'answered' ? String(answer.value) : answer.kind}`);
      return answer;
    };
  };
  return {
    asked,
    signalWithStart: method('signalWithStart', script.signalWithStart ?? [answered('accepted')]),
    signal: method('signal', script.signal ?? [answered('accepted')]),
    status: method('status', script.status ?? [answered('open')]),
    hasSeen: method('hasSeen', script.hasSeen ?? [answered(false)]),
    latestRun: method('latestRun', script.latestRun ?? [answered({ kind: 'missing' })]),
  };
}

/** A dead-letter stream that refuses the first `refusals` dead letters. */
export function fakeDeadLetters(
  refusals = 0,
  calls: Calls = [],
): DeadLetters & { readonly deadLetters: DeadLetter[] } {
  const deadLetters: DeadLetter[] = [];
  let attempts = 0;
  return {
    deadLetters,
    publish: async (deadLetter) => {
      calls.push('dead letter');
      await turn();
      if (++attempts <= refusals) throw new Error('the dead-letter stream is full');
      deadLetters.push(deadLetter);
      calls.push('dead letter: confirmed');
    },
  };
}

/** Marks that are kept during the test; `ends` is the count that an earlier process has left. */
export function fakePoisonMarks(calls: Calls = [], ends = 0): PoisonMarks {
  let marked = ends;
  return {
    crashesOf: () => Promise.resolve(marked),
    mark: async (_, count) => {
      calls.push(`mark ${count}`);
      await turn();
      marked = count;
    },
  };
}

/** A valid ping with the sequence 7, unless the test changes it. */
export function fakeDelivery(changes: Partial<Delivery> = {}, calls: Calls = []): Delivery {
  return {
    subject: 'evt.pings.pinged.v2.p-1',
    headers: { 'Content-Type': ['application/cloudevents+json'] },
    body: structured().body,
    stream: 'EVENTS',
    sequence: 7,
    deliveryCount: 1,
    storedAt: new Date('2026-01-01T00:00:00Z'),
    working: () => void calls.push('working'),
    release: () => void calls.push('release'),
    settle: () => void calls.push('settle'),
    ...changes,
  };
}

export interface RememberingMetrics extends BridgeMetrics {
  readonly settlements: { outcome: EventOutcome; reason: string | undefined; seconds: number }[];
  readonly holds: string[];
  /** `type: fields`. */
  readonly unknown: string[];
}

export function rememberingMetrics(): RememberingMetrics {
  const settlements: RememberingMetrics['settlements'] = [];
  const holds: string[] = [];
  const unknown: string[] = [];
  return {
    settlements,
    holds,
    unknown,
    settled: (outcome, reason, seconds) => void settlements.push({ outcome, reason, seconds }),
    held: (cause) => void holds.push(cause),
    concurrency: () => undefined,
    unknownFields: (type, fields) => void unknown.push(`${type}: ${fields.join()}`),
    misconfigured: () => undefined,
  };
}

/** A bridge on fakes. Its pauses take no time, and are recorded; `onPause` can end an endless loop. */
export function bridgeAmongFakes(
  options: {
    script?: Script;
    refusedDeadLetters?: number;
    onPause?: (count: number, stop: AbortController) => void;
    parts?: Partial<BridgeParts>;
  } = {},
) {
  const calls: Calls = [];
  const pauses: number[] = [];
  const stop = new AbortController();
  const deadLetters = fakeDeadLetters(options.refusedDeadLetters, calls);
  const metrics = rememberingMetrics();
  const log = rememberingLog();
  const bridge = createBridge({
    hash: (text) => text,
    clock: () => new Date('2026-01-01T12:00:00Z'),
    catalogue: createCatalogue([pingDomain]),
    workflows: fakeWorkflows(options.script, calls),
    deadLetters,
    poisonMarks: fakePoisonMarks(calls),
    metrics,
    log,
    now: () => 0,
    random: () => 0,
    sleep: async (ms) => {
      pauses.push(ms);
      options.onPause?.(pauses.length, stop);
      await turn();
    },
    ...options.parts,
  });
  return {
    bridge,
    calls,
    pauses,
    stop,
    deadLetters: deadLetters.deadLetters,
    metrics,
    log,
    deliver: (changes: Partial<Delivery> = {}) => bridge.handle(fakeDelivery(changes, calls), stop.signal),
  };
}

/** A ping as the bridge has decoded it. */
export const pingEvent: DomainEvent = {
  id: 'event-1',
  source: '/tests',
  type: PINGED_V2,
  key: 'p-1',
  data: { pingId: 'p-1', urgency: 3 },
};
