/**
 * Does the fault matrix notice? Five bugs put into the engine by hand, one at a time, and the matrix of the order run against
 * each: every one must turn a cell red. `npm run test:full:matrix`, some four minutes on two cores.
 */
import { order } from '../../src/domains/shop/workflows';
import type { MatrixReport } from '../../src/testing';
import { faultMatrix, startSkippingServer } from '../../src/testing';
import { createFakeShop } from '../support/fakes';
import { say } from '../support/journal/stage';
import { bundleWithBug, ENGINE_BUGS, NO_BUG } from '../support/mutants/engine-bugs';
import { orderInvariants, orderPath } from '../support/order/matrix';

interface Noticed {
  readonly bug: string;
  readonly red: readonly string[];
}

async function main(): Promise<void> {
  const sound = await matrixOf(await bundleWithBug(NO_BUG));
  const without = redCells(sound);
  say(`Without a bug: ${sound.cells.length} cells, ${without.length} red, ${sound.seconds.toFixed(1)} s`);

  const noticed: Noticed[] = [];
  for (const [bug, where] of Object.entries(ENGINE_BUGS))
    noticed.push(await notice(bug, await bundleWithBug(where)));
  // The tombstone is the activities' part: here that of the fakes.
  const bundle = await bundleWithBug(NO_BUG);
  noticed.push(await notice('tombstone gone', bundle, () => createFakeShop({ tombstones: false })));

  const held = without.length === 0 && noticed.every(({ red }) => red.length > 0);
  say(held ? 'It held: each bug was noticed.' : 'IT DID NOT HOLD');
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

void main();
