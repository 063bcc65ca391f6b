import { setTimeout as sleep } from 'node:timers/promises';
import type { NatsConnection } from 'nats';
import type { Log } from '../../../contracts';
import { DEAD_LETTERS_STREAM, EVENTS_STREAM, OPERATIONS_STREAM, OVERFLOW_STREAM } from './streams';

/** A stream fills over hours, or over minutes in a burst. */
const LOOK_MS = 5_000;
/** The share at which the log warns: there is still time to find the cause, and to raise the limit. */
const ALARM = 0.8;
/** A stream with less room than both of these counts as full: the next large message is refused. */
const FULL_SHARE = 0.01;
const FULL_BYTES = 1024 * 1024;

const STREAMS = [EVENTS_STREAM, DEAD_LETTERS_STREAM, OVERFLOW_STREAM, OPERATIONS_STREAM] as const;
export type StreamName = (typeof STREAMS)[number];

/** How full a stream is. A limit below zero means no limit. */
export interface StreamFill {
  readonly stream: StreamName;
  readonly bytes: number;
  readonly maxBytes: number;
  readonly messages: number;
  readonly maxMessages: number;
}

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
  const told = new Map<StreamName, Level>();
  let latest: readonly StreamFill[] = [];

  async function look(): Promise<void> {
    const manager = await connection.jetstreamManager();
    const fills = await Promise.all(
      STREAMS.map(async (stream): Promise<StreamFill[]> => {
        // The check of the streams reports missing ones.
        const info = await manager.streams.info(stream).catch(() => undefined);
        if (!info) return [];
        const { state, config } = info;
        return [
          {
            ...{ stream, bytes: state.bytes, maxBytes: config.max_bytes },
            ...{ messages: state.messages, maxMessages: config.max_msgs },
          },
        ];
      }),
    );
    latest = fills.flat();
    latest.forEach(tell);
  }

  function tell(fill: StreamFill): void {
    const level = levelOf(fill);
    const before = told.get(fill.stream) ?? 'room';
    told.set(fill.stream, level);
    if (level === before) return;
    if (level === 'full') log.error({ ...fill }, 'a stream is full: docs/operating.md#full-streams');
    // Nothing is logged from full to nearly full. The line about room follows below the alarm.
    else if (level === 'alarm' && before === 'room')
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

type Level = 'room' | 'alarm' | 'full';

/** The used share of the limit that is nearer, bytes or messages; 0 without a limit. */
export function shareOf({ bytes, maxBytes, messages, maxMessages }: StreamFill): number {
  return Math.max(maxBytes > 0 ? bytes / maxBytes : 0, maxMessages > 0 ? messages / maxMessages : 0);
}

function levelOf(fill: StreamFill): Level {
  const { bytes, maxBytes, messages, maxMessages } = fill;
  const leastRoom = Math.min(FULL_BYTES, FULL_SHARE * maxBytes);
  if ((maxBytes > 0 && maxBytes - bytes < leastRoom) || (maxMessages > 0 && messages >= maxMessages))
    return 'full';
  return shareOf(fill) >= ALARM ? 'alarm' : 'room';
}

function complaint(fill: StreamFill): string[] {
  const level = levelOf(fill);
  const percent = `${Math.floor(100 * shareOf(fill))} % of its limit`;
  const parked =
    fill.stream === OVERFLOW_STREAM && fill.messages > 0 ? [`parked dead letters: ${fill.messages}`] : [];
  const filled = level === 'room' ? [] : [`${level === 'full' ? 'full' : 'nearly full'}: ${percent}`];
  return parked.length + filled.length === 0 ? [] : [[...filled, ...parked].join('; ')];
}
