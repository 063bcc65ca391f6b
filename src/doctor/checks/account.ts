import type { AccountLimitsError } from '../../adapters/nats';
import type { Finding } from '../finding';
import { findingsOf } from '../finding';

const { ok, problem } = findingsOf('account');

/** @param error `undefined` if the account of NATS allows what is still to be made */
export function checkAccount(error: AccountLimitsError | undefined): Finding[] {
  if (error === undefined) return [ok('NATS account', 'its limits suffice')];
  return error.shortages.map(({ limit, needed, allowed, remedy }) =>
    problem({
      ...{ code: 'account-limit', where: limit },
      what: `the NATS account allows ${allowed}, Sagaline needs ${needed}`,
      remedy,
    }),
  );
}
