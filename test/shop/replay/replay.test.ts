import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { DeterminismViolationError } from '@temporalio/workflow';
import { Worker } from '@temporalio/worker';
import { prepared } from '../../support/setup/handover';
import { quietRuntime } from '../../../src/testing';
import { scenarios } from './scenarios';
import { demandScenarios } from './demand-scenarios';
import { repairScenarios } from './repair-scenarios';

/**
 * Workflows that are under way were started by older code. The present code must lead every recorded history to the same
 * commands, or it would break them.
 */
const HISTORIES = path.join(__dirname, 'histories');
const recorded = readdirSync(HISTORIES).map((file) => path.basename(file, '.json'));
const historyOf = (name: string): unknown =>
  JSON.parse(readFileSync(path.join(HISTORIES, `${name}.json`), 'utf8'));

beforeAll(quietRuntime);

function replay(bundle: 'product' | 'pause' | 'sequence', name: string): Promise<void> {
  const options = { workflowBundle: { codePath: prepared('bundles')[bundle] } };
  return Worker.runReplayHistory(options, historyOf(name), name);
}

test('every scenario that an order, a batch or a repair can take has been recorded', () => {
  const all = [scenarios, demandScenarios, repairScenarios].flatMap((some) => Object.keys(some));
  expect(recorded).toEqual(expect.arrayContaining(all));
});

describe('the present code replays', () => {
  test.each(recorded)('%s', async (name) => {
    await replay('product', name);
  });
});

describe('a change that would break what is under way is found', () => {
  test.each(recorded)('a pause before the first step: %s', async (name) => {
    await expect(replay('pause', name)).rejects.toMatchObject({ name: DeterminismViolationError.name });
  });

  test.each(recorded)('another first step: %s', async (name) => {
    await expect(replay('sequence', name)).rejects.toMatchObject({ name: DeterminismViolationError.name });
  });
});
