import { setTimeout as sleep } from 'node:timers/promises';
import type { NatsConnection } from 'nats';
import type { Log } from '../../../contracts';
import type { FillLevel, StreamFill, StreamName } from './fill-level';
import { levelOf, readFills, shareOf } from './fill-level';
import { OVERFLOW_STREAM } from './streams';

/** A stream fills over hours, or over minutes in a burst. */
const LOOK_MS = 5_000;
export interface FillWatch {
  /** The result of the last check; empty before the first one. */
  readonly latest: () => readonly StreamFill[];
  /** Whether the stream takes messages, by the last check; `true` for a stream that could not be read. */
  readonly hasRoom: (stream: StreamName) => boolean;
  /** For readiness: problems that do not stop work, by stream. */
  readonly degraded: () => Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** Checks all streams every few seconds, and logs once when one of them nears its limit. */
export async function watchFill(
  connection: NatsConnection,
  log: Log,
  { everyMs = LOOK_MS } = {},
): Promise<FillWatch> {
  const stopping = new AbortController();
  const told = new Map<StreamName, FillLevel>();
  let latest: readonly StreamFill[] = [];

  async function look(): Promise<void> {
    latest = await readFills(connection);
    latest.forEach(tell);
  }

  function tell(fill: StreamFill): void {
    const level = levelOf(fill);
    const before = told.get(fill.stream) ?? 'room';
    told.set(fill.stream, level);
    if (level === before) return;
    if (level === 'full') log.error({ ...fill }, 'a stream is full: docs/operating.md#full-streams');
    // Nothing is logged from full to nearly full. The line about room follows below the alarm.
    else if (level === 'nearly-full' && before === 'room')
      log.warn({ ...fill }, 'a stream is nearly full: docs/operating.md#full-streams');
    else if (level === 'room') log.info({ ...fill }, 'a stream has room again');
  }

  await look().catch(() => undefined);
  const running = (async () => {
    for (;;) {
      await sleep(everyMs, undefined, { signal: stopping.signal, ref: false });
      // While NATS is away nothing is known; other checks report that.
      await look().catch(() => undefined);
    }
  })().catch(() => undefined);

  return {
    latest: () => latest,
    hasRoom: (stream) => latest.every((fill) => fill.stream !== stream || levelOf(fill) !== 'full'),
    degraded: () =>
      Object.fromEntries(latest.flatMap((fill) => complaint(fill).map((text) => [fill.stream, text]))),
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

function complaint(fill: StreamFill): string[] {
  const level = levelOf(fill);
  const percent = `${Math.floor(100 * shareOf(fill))} % of its limit`;
  const parked =
    fill.stream === OVERFLOW_STREAM && fill.messages > 0 ? [`parked dead letters: ${fill.messages}`] : [];
  const filled = level === 'room' ? [] : [`${level === 'full' ? 'full' : 'nearly full'}: ${percent}`];
  return parked.length + filled.length === 0 ? [] : [[...filled, ...parked].join('; ')];
}
