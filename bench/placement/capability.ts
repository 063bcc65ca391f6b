import { capability } from '../../src/contracts/model/capability';
import type { LedgerActivities } from './activities';
import { LEDGER_QUEUE } from './names';

/** Steps on the database only, like the steps of a warehouse or a customer's account. */
export const ledger = capability<LedgerActivities>()(
  'bench-ledger',
  {
    enter: { summary: () => 'Enter', undoneBy: 'withdraw' },
    withdraw: { summary: () => 'Withdraw' },
    close: { summary: () => 'Close', after: 'pivot' },
  },
  { taskQueue: LEDGER_QUEUE },
);
