import type { CapacityReport, PoolReport } from '../../capacity';
import { table } from '../table';
import type { Measurement } from './measure';

const HEADINGS = [
  ...(['pool', 'workers', 'steps/s', 'ms a step', 'used', 'wait ms', 'p99 ms', 'measured'] as const),
  ...(['most events/s', 'workers needed'] as const),
] as const;

export function asText(report: CapacityReport, measured: Measurement): string {
  const { basis } = measured;
  const runs = Object.entries(basis.runs).map(([workflow, count]) => `${count} of ${workflow}`);
  const shares = Object.entries(report.shares).map(([event, share]) => `${event} ${percent(share)}`);
  return [
    `From ${basis.events} events in ${Math.round(basis.seconds)} s, and closed workflows: ${runs.join(', ')}.`,
    `At ${rounded(report.rate)} events/s that begin a process: ${shares.join(', ')}.`,
    '',
    table(
      HEADINGS,
      report.pools.map((pool) => row(pool, basis.waits[pool.pool])),
    ),
    '',
    `Bus: ${report.busMost === undefined ? 'not measured; --bus <events/s> counts it' : `${rounded(report.busMost)} events/s that begin a process`}.`,
    verdict(report),
  ].join('\n');
}

function row(report: PoolReport, waited: number | undefined): string[] {
  const { pool, workers, stepsPerSecond, serviceTime, utilisation, meanWait, p99Wait, most } = report;
  return [
    ...[pool, String(workers), rounded(stepsPerSecond), milliseconds(serviceTime), percent(utilisation)],
    ...[milliseconds(meanWait), milliseconds(p99Wait), waited === undefined ? '' : milliseconds(waited)],
    ...[rounded(most), String(report.workersNeeded ?? 'not measured')],
  ];
}

function verdict({ first, most, rate }: CapacityReport): string {
  if (first === undefined) return 'Nothing was measured that has a limit: let some processes end first.';
  const what = first === 'bus' ? 'the bus' : `pool ${first}`;
  const holds = rate > most ? ' This load is more than that: queues grow without end.' : '';
  return `First at its limit: ${what}, at ${rounded(most)} events/s.${holds}`;
}

function rounded(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(3))) : 'no limit';
}

/** Shorter times cannot be measured. */
const LEAST_MS = 0.01;

function milliseconds(seconds: number): string {
  if (seconds * 1_000 < LEAST_MS) return '0';
  return Number.isFinite(seconds) ? String(Number((seconds * 1_000).toPrecision(3))) : 'for ever';
}

function percent(share: number): string {
  return Number.isFinite(share) ? `${Math.round(share * 100)} %` : 'no worker';
}
