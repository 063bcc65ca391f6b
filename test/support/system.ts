import type { Part, PartName, SystemSnapshot } from '../../src/observability';

export const AT = '2026-11-29T03:00:00.000Z';
export const known = <Data>(data: Data): Part<Data> => ({ kind: 'known', at: AT, data });
const unknown = (error: string): Part<never> => ({ kind: 'unknown', at: AT, error });

// As a record the compiler demands each name.
const PARTS: Record<PartName, true> = {
  streams: true,
  partitions: true,
  sagas: true,
  struggles: true,
  deadLetters: true,
  outbox: true,
  queues: true,
  pools: true,
  pauses: true,
};

/** A system before its first check, or without any server. */
export function unknownSystem(error = 'not checked yet'): SystemSnapshot {
  return {
    at: AT,
    ...Object.fromEntries(Object.keys(PARTS).map((part) => [part, unknown(error)])),
  } as SystemSnapshot;
}

/** A system that answers, and in which nothing is. */
export const QUIET: SystemSnapshot = {
  at: AT,
  ...{ streams: known([]), partitions: known([]), queues: known([]), pools: known([]) },
  pauses: known([]),
  sagas: known({ open: 0, states: [], more: false }),
  struggles: known({ groups: [], lookedAt: 0, open: 0 }),
  deadLetters: known({ open: 0, reasons: [], parked: 0, lookedAt: 0, building: false }),
  outbox: known({ lanes: [], setAside: 0 }),
};
