import type { StreamFill } from '../adapters/nats';
import { levelOf, shareOf } from '../adapters/nats';
import type { Growth, Rates } from './rates';
import type { StreamState } from './snapshot';

const DAY_S = 24 * 60 * 60;

/** How full each stream is, and how many days it has left at its present growth. */
export function createStreamsCheck(parts: {
  readonly read: () => Promise<readonly StreamFill[]>;
  readonly rates: Rates;
  readonly growth: Growth;
}): () => Promise<readonly StreamState[]> {
  return async () => {
    const fills = await parts.read();
    if (fills.length === 0) throw new Error('there are no streams: npm run provision');
    return fills.map((fill) => {
      const { stream, bytes, maxBytes, lastSequence } = fill;
      const stored = parts.rates.of(stream, lastSequence);
      const growth = parts.growth.of(stream, bytes);
      const left = maxBytes > 0 && growth !== undefined && growth > 0 ? maxBytes - bytes : undefined;
      return {
        ...fill,
        share: shareOf(fill),
        level: levelOf(fill),
        ...(stored !== undefined && { storedPerSecond: stored }),
        ...(growth !== undefined && { growthBytesPerSecond: growth }),
        ...(left !== undefined && growth !== undefined && { daysLeft: Math.max(0, left) / growth / DAY_S }),
      };
    });
  };
}
