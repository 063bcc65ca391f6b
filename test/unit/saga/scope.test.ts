// Of the scope, what needs no workflow around it.
import { openSaga } from '../../../src/saga/scope';

const decisions = { ask: () => Promise.reject(new Error('nobody is asked')) };
const step = { run: () => Promise.resolve('done'), undoneBy: 'undo', undo: () => Promise.resolve() };

test('a compensatable step behind the pivot is a defect: it never would be undone', async () => {
  const scope = openSaga(decisions);
  await expect(scope.step(step)).resolves.toBe('done');
  scope.passPivot();
  await expect(scope.step(step)).rejects.toThrow(
    'behind the pivot nothing is undone, and undo never would be',
  );
});

test('a retriable step before the pivot is a defect: it would stay when the saga is undone', () => {
  const scope = openSaga(decisions);
  expect(() => scope.retriable({ name: 'sendTickets', run: () => Promise.resolve() })).toThrow(
    'before the pivot sendTickets would stay when the saga is undone',
  );
});

test('steps side by side: all are waited for, and the first failure in the order given is thrown', async () => {
  const scope = openSaga(decisions);
  let ended = false;
  const slow = {
    ...step,
    run: async () => {
      await new Promise((resolve) => setImmediate(resolve));
      ended = true;
    },
  };
  const failing = (message: string) => ({ ...step, run: () => Promise.reject(new Error(message)) });
  await expect(scope.parallel(slow, failing('first'), failing('second'))).rejects.toThrow('first');
  expect(ended).toBe(true);
});
