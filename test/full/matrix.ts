/**
 * Does the fault matrix notice? Five bugs put into the engine by hand, and three into the order, one at a time, and the matrix of the order run against
 * each: every one must turn a cell red, and without a bug none may be. `npm run test:full -- matrix [bug]`, some eight minutes on
 * two cores.
 */
import { order } from '../../domains/shop/workflows';
import type { MatrixReport } from '../../src/testing';
import { faultMatrix, startSkippingServer } from '../../src/testing';
import { createFakeShop } from '../shop/support/fakes';
import { say } from '../support/journal/stage';
import { bundleWithBug, ENGINE_BUGS, NO_BUG, ORDER_BUGS } from '../support/mutants/engine-bugs';
import { orderInvariants, orderPath } from '../shop/support/order/matrix';

interface Noticed {
  readonly bug: string;
  readonly red: readonly string[];
}

const TOMBSTONE_GONE = 'tombstone gone';
const NONE = 'no bug';

/** @param only one of the bugs, or `no bug` */
async function main(only?: string): Promise<void> {
  const bugs: Record<string, () => Promise<Noticed>> = {
    [NONE]: async () => notice(NONE, await bundleWithBug(NO_BUG)),
    ...Object.fromEntries(
      Object.entries({ ...ENGINE_BUGS, ...ORDER_BUGS }).map(([bug, where]) => [
        bug,
        async () => notice(bug, await bundleWithBug(where)),
      ]),
    ),
    // The activities' part: here that of the fakes.
    [TOMBSTONE_GONE]: async () =>
      notice(TOMBSTONE_GONE, await bundleWithBug(NO_BUG), () => createFakeShop({ tombstones: false })),
  };
  let held = true;
  for (const [bug, run] of Object.entries(bugs)) {
    if (only !== undefined && bug !== only) continue;
    const { red } = await run();
    held &&= bug === NONE ? red.length === 0 : red.length > 0;
  }
  say(held ? 'It held.' : 'IT DID NOT HOLD');
  if (!held) process.exitCode = 1;
}

async function notice(bug: string, ...of: Parameters<typeof matrixOf>): Promise<Noticed> {
  const report = await matrixOf(...of);
  const red = redCells(report);
  say(`\n${bug}: ${red.length} of ${report.cells.length} cells red, ${report.seconds.toFixed(1)} s`);
  for (const line of red) say(`  ${line}`);
  return { bug, red };
}

/** A server of its own each time: what a bug leaves running must not hold up the next one. */
async function matrixOf(bundle: { code: string }, createShop?: typeof createFakeShop): Promise<MatrixReport> {
  const env = await startSkippingServer();
  try {
    return await faultMatrix(order, orderPath(bundle, createShop), orderInvariants, { env });
  } finally {
    await env.teardown();
  }
}

function redCells({ cells }: MatrixReport): string[] {
  return cells
    .filter(({ violations }) => violations.length > 0)
    .map(
      ({ cell, violations: [first = ''] }) => `${cell.row} × ${cell.fault}: ${first.split('\n')[0] ?? ''}`,
    );
}

void main(process.argv[2]);
