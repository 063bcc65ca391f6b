// Of the scope, what needs no workflow around it.
import { openSaga } from '../../../../src/saga/scope';

const decisions = { ask: () => Promise.reject(new Error('nobody is asked')) };
const step = {
  run: () => Promise.resolve('done'),
  undoneBy: 'compensate',
  compensate: () => Promise.resolve(),
};

test('a compensatable step behind the pivot is a defect: it never would be compensated', async () => {
  const scope = openSaga(decisions);
  await expect(scope.step(step)).resolves.toBe('done');
  scope.passPivot();
  await expect(scope.step(step)).rejects.toThrow(
    'behind the pivot nothing is compensated, and compensate never would be',
  );
});

test('a retriable step before the pivot is a defect: it would stay when the saga is compensated', () => {
  const scope = openSaga(decisions);
  expect(() => scope.retriable({ name: 'sendTickets', run: () => Promise.resolve() })).toThrow(
    'before the pivot sendTickets would stay when the saga is compensated',
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
