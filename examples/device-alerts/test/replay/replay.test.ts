import path from 'node:path';
import { bundleOfTests, quietRuntime, readHistories, replayHistory } from 'sagaline/testing';
import { scenarios } from './scenarios';

beforeAll(quietRuntime);

test.each(Object.keys(scenarios))('the present code replays an alert that is %s', async (name) => {
  const histories = await readHistories(path.join(__dirname, 'histories'), [name]);
  const verdict = await replayHistory(histories[name] ?? {}, bundleOfTests('devices'));
  // If the replay fails, the assertion shows the difference.
  expect(verdict).toEqual({ kind: 'replays', workflowId: expect.any(String) as string });
});

test.each(Object.entries(scenarios))(
  'in the history %s the on-call is where its saga began with it',
  async (name, scenario) => {
    const histories = await readHistories(path.join(__dirname, 'histories'), [name]);
    const { events = [] } = (histories[name] ?? {}) as {
      readonly events?: readonly { readonly eventType: string }[];
    };
    const scheduled = events.filter(({ eventType }) => eventType === 'EVENT_TYPE_ACTIVITY_TASK_SCHEDULED');
    // When it is placed, its steps on the database are local activities of the workflows' pool.
    expect(scheduled.length > 0).toBe(!scenario.placed);
  },
);
