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

const inBase64 = (text: string) => Buffer.from(text).toString('base64');

beforeAll(quietRuntime);

function replay(
  bundle: 'product' | 'pause' | 'sequence',
  name: string,
  history: unknown = historyOf(name),
): Promise<void> {
  const options = { workflowBundle: { codePath: prepared('bundles')[bundle] } };
  return Worker.runReplayHistory(options, history, name);
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

test('a summary is not a command: a history in which every summary is another replays', async () => {
  let changed = 0;
  const another = { metadata: { encoding: inBase64('json/plain') }, data: inBase64('"Another summary"') };
  const history = JSON.stringify(historyOf('compensated-carrier-refuses'), (name, value: unknown) => {
    if (name !== 'userMetadata') return value;
    changed++;
    return { summary: another };
  });
  await expect(
    replay('product', 'compensated-carrier-refuses', JSON.parse(history)),
  ).resolves.toBeUndefined();
  expect(changed).toBeGreaterThan(3);
});

describe('a change that would break what is under way is found', () => {
  test.each(recorded)('a pause before the first step: %s', async (name) => {
    await expect(replay('pause', name)).rejects.toMatchObject({ name: DeterminismViolationError.name });
  });

  test.each(recorded)('another first step: %s', async (name) => {
    await expect(replay('sequence', name)).rejects.toMatchObject({ name: DeterminismViolationError.name });
  });
});
