import path from 'node:path';
import { bundleOfTests, quietRuntime, readHistories, replayHistory } from 'sagaline/testing';
import { poolOf } from '../support/workers';
import { scenarios } from './scenarios';

beforeAll(quietRuntime);

test.each(Object.entries(scenarios))('the present code replays the history of %s', async (name, scenario) => {
  const histories = await readHistories(path.join(__dirname, 'histories'), [name]);
  const verdict = await replayHistory(histories[name] ?? {}, bundleOfTests(poolOf(scenario.process)));
  // If it does not replay, the failure shows the difference.
  expect(verdict).toEqual({ kind: 'replays', workflowId: expect.any(String) as string });
});
