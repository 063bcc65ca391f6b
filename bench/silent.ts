import type { Log } from '../src/contracts';

/** What connections have to tell is not what is measured. */
export const silent: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };
