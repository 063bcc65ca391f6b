// What `deploy set-current` says when several pools fail, each for another cause.
import { ManagedDeploymentError, VersionNotPolledError } from '../../../../src/adapters/temporal';
import { asOneError } from '../../../../src/cli/deploy/as-one-error';

const managed = new ManagedDeploymentError('sagaline/orders', 'worker-controller/7');
const unpolled = new VersionNotPolledError({ deployment: 'sagaline-shipping', buildId: '2' }, {});
const refused = new Error('7 PERMISSION_DENIED');

test('a managed pool and one that nobody polls are both named', () => {
  const error = asOneError([managed, unpolled], []);
  expect(error).toMatchObject({ code: 'managed' });
  expect(error).toHaveProperty('message', expect.stringContaining('sagaline/orders'));
  expect(error).toHaveProperty('message', expect.stringContaining('sagaline-shipping'));
});

test('nobody polls: the code and the remedy say so', () => {
  expect(asOneError([unpolled], [{ pool: 'orders' }])).toMatchObject({
    code: 'not-polled',
    message: expect.stringContaining('say --unpolled'),
    details: { set: [{ pool: 'orders' }] },
  });
});

test('what nobody expected is not hidden by either', () => {
  expect(asOneError([managed, refused, unpolled], [])).toBe(refused);
});
