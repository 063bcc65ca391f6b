import { firingAlerts } from './alerts';
import type { Part, SystemSnapshot } from './snapshot';

/** `unknown`: its server does not answer. */
export type LightLevel = 'good' | 'ticket' | 'page' | 'unknown';

/** Whether one thing of the system is well. */
export interface Light {
  readonly name: string;
  readonly kind: 'stream' | 'consumers' | 'pool' | 'sagas' | 'steps' | 'dead letters' | 'outbox';
  readonly level: LightLevel;
  /** What the alerts find, each in words; empty if all is well. */
  readonly findings: readonly string[];
}

/** A snapshot in which nothing is: no alert fires for it. */
function emptyAt(at: string): SystemSnapshot {
  const known = <Data>(data: Data): Part<Data> => ({ kind: 'known', at, data });
  return {
    at,
    ...{ streams: known([]), partitions: known([]), queues: known([]), pools: known([]) },
    pauses: known([]),
    sagas: known({ open: 0, states: [], more: false }),
    struggles: known({ groups: [], lookedAt: 0, open: 0 }),
    deadLetters: known({ open: 0, reasons: [], parked: 0, lookedAt: 0, building: false }),
    outbox: known({ lanes: [], setAside: 0 }),
  };
}

/**
 * One light for each stream, group of consumers and pool, and one for each kind of work. Each is judged by the alerts
 * themselves, on a snapshot that has nothing else.
 */
export function lightsOf(snapshot: SystemSnapshot): readonly Light[] {
  // An alert names what is paused. That it is paused is no fault, and neither is that this is not known.
  const empty = {
    ...emptyAt(snapshot.at),
    ...(snapshot.pauses.kind === 'known' && { pauses: snapshot.pauses }),
  };
  const light = (kind: Light['kind'], name: string, only: Partial<SystemSnapshot>): Light => {
    const firing = firingAlerts({ ...empty, ...only });
    const isUnknown = Object.values(only).some((part) => typeof part !== 'string' && part.kind === 'unknown');
    return {
      ...{ kind, name },
      level: isUnknown ? 'unknown' : (firing[0]?.alert.severity ?? 'good'),
      findings: firing.flatMap(({ findings }) => findings),
    };
  };
  const { streams, partitions, pools, queues, sagas, struggles, deadLetters, outbox } = snapshot;
  return [
    ...namesIn(streams, ({ stream }) => stream).map((name) =>
      light('stream', name, { streams: only(streams, ({ stream }) => stream === name) }),
    ),
    ...namesIn(partitions, ({ group }) => group).map((name) =>
      light('consumers', name, { partitions: only(partitions, ({ group }) => group === name) }),
    ),
    ...namesIn(pools, ({ pool }) => pool).map((name) =>
      light('pool', name, {
        pools: only(pools, ({ pool }) => pool === name),
        queues: only(queues, ({ pool }) => pool === name),
      }),
    ),
    light('sagas', 'sagas', { sagas }),
    light('steps', 'steps', { struggles }),
    light('dead letters', 'dead letters', { deadLetters }),
    light('outbox', 'outbox', { outbox }),
  ];
}

/** The names of the latest answer; `?` for a part of which nothing is known yet. */
function namesIn<Item>(part: Part<readonly Item[]>, nameOf: (item: Item) => string): string[] {
  const data = part.kind === 'known' ? part.data : part.last?.data;
  return data === undefined ? ['?'] : [...new Set(data.map(nameOf))];
}

function only<Item>(part: Part<readonly Item[]>, is: (item: Item) => boolean): Part<readonly Item[]> {
  return part.kind === 'known' ? { ...part, data: part.data.filter(is) } : part;
}
