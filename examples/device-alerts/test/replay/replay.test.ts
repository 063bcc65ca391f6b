import path from 'node:path';
import { bundleOfTests, quietRuntime, readHistories, replayHistory } from 'sagaline/testing';
import { scenarios } from './scenarios';

beforeAll(quietRuntime);

test.each(Object.keys(scenarios))('the present code replays an alert that is %s', async (name) => {
  const histories = await readHistories(path.join(__dirname, 'histories'), [name]);
  const verdict = await replayHistory(histories[name] ?? {}, bundleOfTests('devices'));
  // Where it does not, the difference is shown.
  expect(verdict).toEqual({ kind: 'replays', workflowId: expect.any(String) as string });
});
