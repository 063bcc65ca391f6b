import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../contracts';
import type { Pause, SwitchKind } from './pause';
import { isRunning, pauseInWords } from './pause';

/** A pause counts within this time. A read is one small request. */
const READ_EVERY_MS = 1_000;

/** The pauses of one kind, as a process knows them. */
export interface FollowedPauses {
  /**
   * Why nothing may be done now, in words; `undefined` if it may. Before the first answer of the server nothing may be
   * done. After that, what was read last counts.
   */
  heldBecause(name: string): string | undefined;
  /** Whether the server has answered at least once. */
  isKnown(): boolean;
  /** For `degraded` in `/readyz`. */
  degraded(): Readonly<Record<string, string>>;
  /** A read that is under way is not awaited. */
  stop(): void;
}

/** Reads the pauses of one kind again and again. A read that fails changes nothing. */
export function followPauses({
  kind,
  read,
  log,
  clock,
  everyMs = READ_EVERY_MS,
}: {
  readonly kind: SwitchKind;
  readonly read: () => Promise<readonly Pause[]>;
  readonly log: Log;
  readonly clock: () => Date;
  readonly everyMs?: number;
}): FollowedPauses {
  let known: readonly Pause[] | undefined;
  let failed = false;
  let told = new Set<string>();
  const stopping = new AbortController();
  const isOver = () => stopping.signal.aborted;
  const running = () => (known ?? []).filter((pause) => isRunning(pause, clock()));
  void follow();

  return {
    heldBecause: (name) => {
      if (!known) return 'held: it is not known yet whether it is paused';
      const pause = running().find((each) => each.name === name);
      return pause && pauseInWords(pause);
    },
    isKnown: () => known !== undefined,
    degraded: () =>
      Object.fromEntries(
        running().map((pause) => [`paused-${kind}-${pause.name}`, `${pauseInWords(pause)}: switches.md`]),
      ),
    stop: () => stopping.abort(),
  };

  async function follow(): Promise<void> {
    while (!isOver()) {
      try {
        known = await read();
        failed = false;
      } catch (err) {
        if (!failed && !isOver())
          log.warn({ err }, `the paused ${kind}s cannot be read: what was known before counts`);
        failed = true;
      }
      if (!isOver()) tellChanges();
      await sleep(everyMs, undefined, { signal: stopping.signal, ref: false }).catch(() => undefined);
    }
  }

  function tellChanges(): void {
    const now = new Map(running().map((pause) => [`${pause.name} ${pause.since}`, pause]));
    for (const [id, { name, by, why, until }] of now)
      if (!told.has(id)) log.warn({ [kind]: name, by, why, until }, `the ${kind} is paused`);
    for (const id of told)
      if (!now.has(id)) log.info({ [kind]: id.slice(0, id.lastIndexOf(' ')) }, `the ${kind} goes on`);
    told = new Set(now.keys());
  }
}
