import { randomUUID } from 'node:crypto';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { ProcessDefinition } from '../../contracts';
import { SETTINGS_ACTIVITY } from '../../contracts';
import { startSkippingServer } from '../environment';
import { shareClock } from './clock';
import type { Came, Ground } from './run';
import { runCell } from './run';
import type { Cell, Shown } from './faults';
import { cellsOf, isHarmless, nameOf } from './faults';
import type { HappyPath, Invariants } from './happy-path';
import { declaredIn } from './happy-path';
import { doomedWorker } from './interference';
import type { CellResult, MatrixReport } from './report';
import { failedCells, failuresInWords, matrixInWords } from './report';
import type { MatrixWorkers } from './workers';
import { startWorkers } from './workers';

/** How a fault matrix is run. */
export interface MatrixOptions {
  /** Default: a new time-skipping server. Nothing else may move its clock while the matrix runs. */
  readonly env?: TestWorkflowEnvironment;
  /** The name of one cell, as a failure gives it: `reserveStock × fails once`. */
  readonly only?: string;
  /** The kinds of cells to run: a large matrix may be several tests. Default: all. */
  readonly kinds?: readonly Cell['kind'][];
  /**
   * Milliseconds of real time without progress after which a run counts as standing still: its cell fails. Default: 30,000, long
   * enough for a machine that does other work, too.
   */
  readonly standsStillMs?: number;
  /** Prints the matrix. Default: to the standard output */
  readonly print?: (text: string) => void;
}

const STANDS_STILL_MS = 30_000;
/** Number of runs at the same time: they wait more than they work. */
const AT_ONCE = 16;

/** Thrown when a cell fails; its message describes each failed cell. */
export class FaultMatrixError extends Error {
  override readonly name = 'FaultMatrixError';
  constructor(readonly report: MatrixReport) {
    const { length } = failedCells(report);
    super(
      `${length} of ${report.cells.length} cells of ${report.saga} do not hold.\n\n${failuresInWords(report)}`,
    );
  }
}

/**
 * Runs a saga's happy path once with every fault that each of its steps and events can meet, on the time-skipping server. It
 * prints the matrix, and checks every run against your invariants and those of the engine: the saga ends once, in one of its
 * ends; it compensates in the reverse order of its steps; every effect happens at most once; no workflow task fails; no
 * compensation is stuck; a harmless fault changes nothing. A test needs one line: `test('survives', () => sagaFaultMatrix(order,
 * happyPath, invariants), 60_000)`.
 *
 * @throws FaultMatrixError naming the violations of each cell, and how to run that cell alone
 *
 * @example
 * test('an alert survives every fault', () => sagaFaultMatrix(alert, happyPath, invariants));
 */
export async function sagaFaultMatrix<Fixture>(
  process: ProcessDefinition,
  happyPath: HappyPath<Fixture>,
  invariants: Invariants<Fixture>,
  options: MatrixOptions = {},
): Promise<MatrixReport> {
  const { print = show } = options;
  const report = await faultMatrix(process, happyPath, invariants, options);
  print(`${matrixInWords(report)}\n`);
  if (failedCells(report).length > 0) throw new FaultMatrixError(report);
  return report;
}

/**
 * As {@link sagaFaultMatrix}, but returns the report, failed cells included, and prints nothing: for a tool that shows the matrix
 * itself.
 *
 * @example
 * const { cells } = await faultMatrix(alert, happyPath, invariants);
 * const red = cells.filter(({ violations }) => violations.length > 0);
 */
export async function faultMatrix<Fixture>(
  process: ProcessDefinition,
  path: HappyPath<Fixture>,
  invariants: Invariants<Fixture>,
  { env: given, only, kinds, standsStillMs = STANDS_STILL_MS }: MatrixOptions = {},
): Promise<MatrixReport> {
  const since = performance.now();
  const happyPath = declaredIn(path);
  const env = given ?? (await startSkippingServer());
  const ground: Ground<Fixture> = {
    env,
    clock: shareClock(env, standsStillMs),
    standsStillMs,
    process,
    happyPath,
    invariants,
    fixtures: new Map(),
  };
  const behind = (workflowId: string) => ground.fixtures.get(workflowId);
  let workers: MatrixWorkers | undefined;
  try {
    workers = await startWorkers({ env, process, happyPath, behind });
    const happy = await runHappyPath(ground);
    const cells = cellsOf(shownBy(ground, happy), happyPath).filter(
      (cell) => (only === undefined || nameOf(cell) === only) && (kinds?.includes(cell.kind) ?? true),
    );
    if (cells.length === 0) throw new Error(`the matrix of ${process.name} has no cell ${only ?? ''}`);
    const results = await runCells(ground, workers, cells, happy.state);
    const { incidents = {} } = happyPath;
    return { saga: process.name, cells: results, incidents, seconds: (performance.now() - since) / 1_000 };
  } finally {
    await workers?.stop();
    if (!given) await env.teardown();
  }
}

/** @throws Error when the happy path fails without a fault: the results of the cells would mean nothing */
async function runHappyPath<Fixture>(ground: Ground<Fixture>): Promise<Came> {
  const happy = await runCell(ground, { key: newKey(), demands: { end: undefined } });
  if (happy.violations.length === 0) return happy;
  throw new Error(`the happy path of ${ground.process.name} does not hold:\n${happy.violations.join('\n')}`);
}

function shownBy<Fixture>({ happyPath }: Ground<Fixture>, { calls, turns }: Came): Shown {
  // Reading a setting has no effect, and the result of the engine's own activity can be used.
  const others = calls.filter(({ activity }) => activity !== SETTINGS_ACTIVITY);
  const steps = [...new Map(others.map(({ step, activity }) => [step, activity]))];
  const types = happyPath.events('').map(({ contract }) => contract.type);
  return {
    steps: steps.map(([row, activity]) => ({ row, activity })),
    events: turns.map((turn, index) => ({ row: rowOf(types, index), ...turn })),
  };
}

/** The event's type with its context, and a number where the happy path has the type more than once. */
function rowOf(types: readonly string[], index: number): string {
  const nameAt = (at: number) => types[at]?.split('.').slice(-3, -1).join('.') ?? '';
  const name = nameAt(index);
  const before = types.slice(0, index).filter((_, at) => nameAt(at) === name).length;
  return before === 0 ? name : `${name} ${before + 1}`;
}

async function runCells<Fixture>(
  ground: Ground<Fixture>,
  workers: MatrixWorkers,
  cells: readonly Cell[],
  happyEnd: string | undefined,
): Promise<CellResult[]> {
  const results = new Map<Cell, Came>();
  const demandsOf = (cell: Cell) => ({
    end: isHarmless(cell, ground.happyPath.incidents) ? happyEnd : undefined,
  });

  // First the cells that leave the workers alone.
  const waiting = cells.filter(({ fault }) => fault !== 'worker killed here');
  const lane = async () => {
    for (let cell = waiting.shift(); cell; cell = waiting.shift())
      results.set(cell, await runCell(ground, { key: newKey(), cell, demands: demandsOf(cell) }));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));

  const doomed = cells
    .filter(({ fault }) => fault === 'worker killed here')
    .map((cell) => ({ cell, worker: doomedWorker() }));
  if (doomed.length > 0) {
    await workers.doom();
    const runs = doomed.map(async ({ cell, worker }) => {
      const came = runCell(ground, { key: newKey(), cell, demands: demandsOf(cell), doomed: worker });
      results.set(cell, await came);
    });
    // Each has come to its worker's death, or to its end: it may have been left before.
    await Promise.all(doomed.map(({ worker }, index) => Promise.race([worker.dying, runs[index]])));
    await workers.kill(() => {
      for (const { worker } of doomed) worker.replaced();
    });
    await Promise.all(runs);
  }
  return cells.flatMap((cell) => {
    const came = results.get(cell);
    return came ? [{ cell, ...came }] : [];
  });
}

function newKey(): string {
  return randomUUID();
}

function show(text: string): void {
  globalThis.process.stdout.write(text);
}
