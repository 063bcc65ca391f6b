import { meanWait, utilisation, waitWithin, workersFor } from './queueing';
import { throughput } from './throughput';

/** What one event makes a pool do until its process has ended. */
export interface Work {
  readonly pool: string;
  /** Steps for each event. */
  readonly steps: number;
  /** Mean seconds that a step takes a slot. */
  readonly serviceTime: number;
}

/** A kind of event that begins a process. */
export interface Kind {
  readonly event: string;
  readonly perSecond: number;
  readonly work: readonly Work[];
}

export interface PoolSlots {
  readonly pool: string;
  readonly workers: number;
  /** Whether it runs workflows: then it needs a worker, whatever its steps. */
  readonly hasWorkflows?: boolean | undefined;
  /** Steps that one worker runs at once. */
  readonly slotsOfWorker: number;
  /** `POOL_<NAME>_ACTIVITIES_PER_SECOND` */
  readonly stepsPerSecond?: number | undefined;
}

export interface Measured {
  readonly kinds: readonly Kind[];
  readonly pools: readonly PoolSlots[];
  /** The most events a second that bridges and streams deliver; `undefined` if it is not known. */
  readonly bus: number | undefined;
  /** Events on the bus for each one that begins a process: notifications, answers. */
  readonly eventsForEach: number;
}

export interface Wanted {
  /** Events a second that begin processes; default: as many as arrive now. */
  readonly rate?: number | undefined;
  /** Seconds that 99 of 100 steps may wait for a slot. */
  readonly p99?: number | undefined;
}

export interface PoolReport {
  readonly pool: string;
  readonly workers: number;
  readonly slots: number;
  readonly stepsPerSecond: number;
  readonly serviceTime: number;
  readonly utilisation: number;
  readonly meanWait: number;
  readonly p99Wait: number;
  /** Events a second, of this mix, that the pool takes at most. */
  readonly most: number;
  /** Workers that the wanted rate and waiting time need, 1 at least; `undefined` if no work of the pool was measured. */
  readonly workersNeeded: number | undefined;
}

export interface CapacityReport {
  /** Events a second that begin processes. */
  readonly rate: number;
  readonly shares: Readonly<Record<string, number>>;
  readonly pools: readonly PoolReport[];
  /** The bus, in events that begin processes. */
  readonly busMost: number | undefined;
  /** The most events a second of this mix. */
  readonly most: number;
  /** What reaches its limit first: `bus`, or a pool. */
  readonly first: string | undefined;
}

const P99 = 0.99;

/**
 * Predicts what a deployment bears. Each event crosses the bus and all pools of its kind, so the weakest of them decides:
 * min(bus, capacity of each pool ÷ work of a mean event there).
 */
export function capacityOf(
  { kinds, pools, bus, eventsForEach }: Measured,
  wanted: Wanted = {},
): CapacityReport {
  const arriving = kinds.reduce((sum, { perSecond }) => sum + perSecond, 0);
  const rate = wanted.rate ?? arriving;
  // Without arrivals every kind counts the same.
  const shareOf = ({ perSecond }: Kind) => (arriving > 0 ? perSecond / arriving : 1 / kinds.length);
  const busMost = bus === undefined ? undefined : bus / eventsForEach;
  const isMeasured = kinds.some(({ work }) => work.length > 0);
  const reports = pools.map((pool) =>
    poolReport(pool, workIn(pool.pool, kinds, shareOf), { ...wanted, rate, isMeasured }),
  );
  const limits = [
    ...(busMost === undefined ? [] : [{ name: 'bus', most: busMost }]),
    ...reports.map(({ pool, most }) => ({ name: pool, most })),
  ].sort((one, other) => one.most - other.most);
  const [first] = limits;
  return {
    rate,
    shares: Object.fromEntries(kinds.map((kind) => [kind.event, shareOf(kind)])),
    pools: reports,
    busMost,
    most: first?.most ?? Infinity,
    first: first !== undefined && Number.isFinite(first.most) ? first.name : undefined,
  };
}

/** The work of a mean event in one pool. */
function workIn(pool: string, kinds: readonly Kind[], shareOf: (kind: Kind) => number) {
  const parts = kinds.flatMap((kind) =>
    kind.work.filter((work) => work.pool === pool).map((work) => ({ ...work, share: shareOf(kind) })),
  );
  const steps = parts.reduce((sum, part) => sum + part.share * part.steps, 0);
  const seconds = parts.reduce((sum, part) => sum + part.share * part.steps * part.serviceTime, 0);
  return { steps, seconds };
}

function poolReport(
  { pool, workers, hasWorkflows = false, slotsOfWorker, stepsPerSecond: limit = Infinity }: PoolSlots,
  { steps, seconds }: { readonly steps: number; readonly seconds: number },
  { rate, p99, isMeasured }: Wanted & { readonly rate: number; readonly isMeasured: boolean },
): PoolReport {
  const handlers = Array.from({ length: workers }, () => ({ capacity: slotsOfWorker, serviceTime: seconds }));
  const serviceTime = steps === 0 ? 0 : seconds / steps;
  const queue = { perSecond: rate * steps, serviceTime, slots: workers * slotsOfWorker };
  const idle = steps === 0;
  const leastWorkers = hasWorkflows && isMeasured ? 1 : undefined;
  return {
    ...{ pool, workers, slots: queue.slots, stepsPerSecond: queue.perSecond, serviceTime },
    utilisation: idle ? 0 : utilisation(queue),
    meanWait: idle ? 0 : meanWait(queue),
    p99Wait: idle ? 0 : waitWithin(queue, P99),
    most: idle ? Infinity : throughput({ bus: limit / steps, handlers }),
    workersNeeded: idle ? leastWorkers : workersFor(queue, { slotsOfWorker, p99 }),
  };
}
