import type { Cell, Incidents } from './faults';
import { EVENT_FAULTS, nameOf, STEP_FAULTS } from './faults';
import type { Call } from './recorder';

/** The result of one cell. */
export interface CellResult {
  readonly cell: Cell;
  /** What did not hold; empty if the saga has survived. */
  readonly violations: readonly string[];
  /** The state in which it ended. */
  readonly state: string | undefined;
  readonly calls: readonly Call[];
}

/** The results of all cells. */
export interface MatrixReport {
  readonly saga: string;
  readonly cells: readonly CellResult[];
  /** Incidents of the domain. */
  readonly incidents?: Incidents;
  readonly seconds: number;
}

const MARKS = { holds: '✓', violated: '✗', none: '·' } as const;

export function failedCells({ cells }: MatrixReport): readonly CellResult[] {
  return cells.filter(({ violations }) => violations.length > 0);
}

/**
 * Formats the matrix for a person: a row for each step and event, a column for each fault.
 *
 * @example
 * matrixInWords(await faultMatrix(alert, happyPath, invariants));
 */
export function matrixInWords(report: MatrixReport): string {
  const { saga, cells, seconds } = report;
  const failed = failedCells(report).length;
  const incidents = Object.keys(report.incidents ?? {});
  const count = `${cells.length} cells, ${cells.length - failed} ${MARKS.holds}, ${failed} ${MARKS.violated}`;
  return [
    `Fault matrix of ${saga}: ${count}, ${seconds.toFixed(1)} s`,
    '',
    ...table(
      'step',
      Object.keys(STEP_FAULTS),
      cells.filter(({ cell }) => cell.kind === 'step'),
    ),
    '',
    ...table(
      'event',
      Object.keys(EVENT_FAULTS),
      cells.filter(({ cell }) => cell.kind === 'event'),
    ),
    ...(incidents.length === 0
      ? []
      : [
          '',
          ...table(
            'incident',
            incidents,
            cells.filter(({ cell }) => cell.kind === 'incident'),
          ),
        ]),
    '',
    `${MARKS.holds} all invariants hold, ${MARKS.violated} one is violated, ${MARKS.none} no such cell`,
  ].join('\n');
}

/** Describes the violations of each failed cell, the steps done by then, and how to run the cell alone. */
export function failuresInWords(report: MatrixReport): string {
  return failedCells(report)
    .map((result) => failureInWords(result, report.incidents ?? {}))
    .join('\n\n');
}

function failureInWords({ cell, violations, state, calls }: CellResult, incidents: Incidents): string {
  const steps = calls.map(({ step, last, attempts }) => {
    const times = attempts > 1 ? ` (${attempts} attempts)` : '';
    return `${step}: ${last}${times}`;
  });
  return [
    `${MARKS.violated} ${nameOf(cell)}: ${meaningOf(cell, incidents)}`,
    ...violations.map((violation) => indented(`- ${violation}`)),
    indented(`ended as ${state ?? 'nothing'} after ${steps.join(', ') || 'no step'}`),
    indented(`alone: give sagaFaultMatrix the option { only: '${nameOf(cell)}' }`),
  ].join('\n');
}

function meaningOf(cell: Cell, incidents: Incidents): string {
  switch (cell.kind) {
    case 'step':
      return STEP_FAULTS[cell.fault];
    case 'event':
      return EVENT_FAULTS[cell.fault];
    case 'incident':
      return incidents[cell.fault]?.means ?? cell.fault;
  }
}

function indented(text: string): string {
  return text
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n');
}

function table(kind: Cell['kind'], faults: string[], cells: readonly CellResult[]): string[] {
  const rows = [...new Set(cells.map(({ cell }) => cell.row))];
  if (rows.length === 0) return [`no ${kind}`];
  const width = Math.max(kind.length, ...rows.map((row) => row.length));
  const line = (first: string, marks: readonly string[]) =>
    `${first.padEnd(width)}  ${marks.map((mark, at) => centred(mark, faults[at]?.length ?? 0)).join('  ')}`.trimEnd();
  return [
    line(kind, faults),
    ...rows.map((row) =>
      line(
        row,
        faults.map((fault) => markOf(cells, row, fault)),
      ),
    ),
  ];
}

function markOf(cells: readonly CellResult[], row: string, fault: string): string {
  const found = cells.find(({ cell }) => cell.row === row && cell.fault === fault);
  if (!found) return MARKS.none;
  return found.violations.length > 0 ? MARKS.violated : MARKS.holds;
}

function centred(text: string, width: number): string {
  return text.padStart(Math.ceil((width + text.length) / 2)).padEnd(width);
}
