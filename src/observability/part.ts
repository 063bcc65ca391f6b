import { setTimeout as sleep } from 'node:timers/promises';
import { errorMessage } from '../contracts';
import type { Part } from './snapshot';

/** A part of the snapshot that is checked again and again. */
export interface WatchedPart<Data> {
  latest(): Part<Data>;
  stop(): Promise<void>;
}

/** Before the first answer. */
const NOT_YET = 'not checked yet';

/**
 * Checks a part at once, and then at each interval, counted from the end of a check. A check that fails or takes too
 * long makes the part unknown, and keeps what the latest answer was.
 *
 * @param collect gets a signal that aborts when its answer comes too late
 */
export function watchPart<Data>(
  collect: (signal: AbortSignal) => Promise<Data>,
  {
    everyMs,
    withinMs,
    clock = () => new Date(),
  }: { readonly everyMs: number; readonly withinMs: number; readonly clock?: () => Date },
): WatchedPart<Data> {
  const stopping = new AbortController();
  let latest: Part<Data> = { kind: 'unknown', at: clock().toISOString(), error: NOT_YET };
  const running = run();
  return {
    latest: () => latest,
    stop: async () => {
      stopping.abort();
      await running;
    },
  };

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      const found = await check();
      if (!isAborted(stopping.signal)) latest = found;
      await sleep(everyMs, undefined, { signal: stopping.signal, ref: false }).catch(() => undefined);
    }
  }

  async function check(): Promise<Part<Data>> {
    const signal = AbortSignal.any([stopping.signal, AbortSignal.timeout(withinMs)]);
    try {
      const data = await Promise.race([collect(signal), lateAnswer(signal, withinMs)]);
      return { kind: 'known', at: clock().toISOString(), data };
    } catch (error) {
      const last = latest.kind === 'known' ? { at: latest.at, data: latest.data } : latest.last;
      return {
        ...{ kind: 'unknown', at: clock().toISOString(), error: errorMessage(error) },
        ...(last && { last }),
      };
    }
  }
}

/** Rejects when the signal aborts. */
function lateAnswer(signal: AbortSignal, withinMs: number): Promise<never> {
  return new Promise((_, reject) => {
    const late = () => reject(new Error(`no answer within ${withinMs / 1_000} s`));
    if (signal.aborted) late();
    signal.addEventListener('abort', late, { once: true });
  });
}

/** A function, because the compiler would otherwise narrow the value to that of an earlier check. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
