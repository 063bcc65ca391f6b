import type { Log } from '../src/contracts';

/** The logs of connections are not part of a measurement. */
export const silent: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };
