import { ServiceError } from '@temporalio/client';
import { NamespaceNotFoundError } from '@temporalio/common';
import { answer } from '../../../../src/adapters/temporal/dispatch/workflows';

const ofCode = (code: number) =>
  new ServiceError('refused', { cause: Object.assign(new Error(`code ${code}`), { code }) });
const told = (error: Error) => answer(() => Promise.reject(error));

describe('what a gRPC code says of Temporal', () => {
  test.each([
    ['CANCELLED', 1, 'failing'],
    ['UNKNOWN', 2, 'failing'],
    ['DEADLINE_EXCEEDED', 4, 'away'],
    ['PERMISSION_DENIED', 7, 'away'],
    ['RESOURCE_EXHAUSTED', 8, 'exhausted'],
    ['FAILED_PRECONDITION', 9, 'failing'],
    ['ABORTED', 10, 'failing'],
    ['OUT_OF_RANGE', 11, 'failing'],
    ['UNIMPLEMENTED', 12, 'away'],
    ['INTERNAL', 13, 'failing'],
    ['UNAVAILABLE', 14, 'away'],
    ['DATA_LOSS', 15, 'failing'],
    ['UNAUTHENTICATED', 16, 'away'],
    ['a code of the future', 99, 'failing'],
  ])('%s', async (_, code, why) => {
    expect(await told(ofCode(code))).toMatchObject({ kind: 'unavailable', why });
  });

  test('INVALID_ARGUMENT: the request is at fault', async () => {
    expect(await told(ofCode(3))).toMatchObject({ kind: 'rejected' });
  });

  test('a missing namespace is not about one workflow', async () => {
    expect(await told(new NamespaceNotFoundError('nowhere'))).toMatchObject({ why: 'away' });
  });

  test('an error without a code is our own: the request cannot be made', async () => {
    expect(await told(new TypeError('no words'))).toMatchObject({ kind: 'rejected' });
  });
});
