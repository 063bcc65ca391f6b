import { capability } from '../../src/contracts/model/capability';
import type { LedgerActivities } from './activities';
import { LEDGER_QUEUE } from './names';

/** Steps on the database alone, as the steps of a warehouse or a customer's account are. */
export const ledger = capability<LedgerActivities>()(
  'bench-ledger',
  {
    enter: { summary: () => 'Enter', undoneBy: 'withdraw' },
    withdraw: { summary: () => 'Withdraw' },
    close: { summary: () => 'Close', after: 'pivot' },
  },
  { taskQueue: LEDGER_QUEUE },
);
