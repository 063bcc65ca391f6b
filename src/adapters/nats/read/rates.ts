import type { StreamReader } from '../../../contracts';
import { originalSubject } from '../../../contracts';

/** Events of the latest past that are looked at; enough for a rate within a few per cent. */
const LOOKED_AT = 400;
/** Reads at once. */
const AT_ONCE = 20;
const ALL = '>';

/** How often events of each type have arrived lately. */
export interface ArrivalRates {
  /** By the space of their subjects: `evt.orders.submitted.v1`. */
  readonly perSecond: Readonly<Record<string, number>>;
  /** Events in the sample, and the seconds that they cover. */
  readonly events: number;
  readonly seconds: number;
}

/**
 * Measures rates from the last events of the stream, without a consumer. Old events do not count: the time is that since the first
 * event of the sample until now.
 */
export async function arrivalRates(
  reader: StreamReader,
  { now = Date.now }: { readonly now?: () => number } = {},
): Promise<ArrivalRates> {
  const { first, last } = await reader.bounds();
  const from = Math.max(first, last - LOOKED_AT + 1);
  const counts = new Map<string, number>();
  let oldest = now();
  let events = 0;
  for (let sequence = from; sequence <= last; sequence += AT_ONCE) {
    const numbers = Array.from(
      { length: Math.min(AT_ONCE, last - sequence + 1) },
      (_, index) => sequence + index,
    );
    const messages = await Promise.all(numbers.map((number) => reader.next(ALL, number)));
    for (const message of messages) {
      if (!message) continue;
      oldest = Math.min(oldest, message.storedAt.getTime());
      events += 1;
      const space = spaceOf(message.subject);
      counts.set(space, (counts.get(space) ?? 0) + 1);
    }
  }
  const seconds = Math.max((now() - oldest) / 1_000, 1);
  const perSecond = Object.fromEntries([...counts].map(([space, count]) => [space, count / seconds]));
  return { perSecond, events, seconds };
}

/** The subject without the key. */
function spaceOf(stored: string): string {
  return originalSubject(stored).split('.').slice(0, -1).join('.');
}
