import { createSingleAttemptClient, createWorkflows } from '../../src/adapters/temporal';
import type { ProcessDefinition } from '../../src/contracts';
import { placementOf, workflowIdOf } from '../../src/contracts';
import { temporalSettings } from '../../src/runtime/settings';
import { sagaRound } from '../sagas';
import { ledger } from './capability';
import { ENTRIES, LEDGER_OPENED, LEDGER_SAGAS_QUEUE } from './names';
import type { Subject } from './subject';

const process: ProcessDefinition = {
  name: 'ledgerSaga',
  taskQueue: LEDGER_SAGAS_QUEUE,
  initialState: 'opened',
  summary: (key) => `Ledger ${key}`,
};

/** Steps on the database only, in sagas that are opened by the same calls that the bridge makes. */
export const ledgerSubject: Subject = {
  name: `${ENTRIES + 1} steps on the database`,
  processes: ['bench:ledger-sagas', 'bench:ledger'],
  placement: placementOf([{ ...process, places: [ledger] }]),
  open: (testbed) => {
    const client = createSingleAttemptClient(temporalSettings(testbed.config, {}));
    return Promise.resolve({
      round: ({ placement, run, count, atOnce }) => {
        const workflows = createWorkflows(client, placement);
        const keys = Array.from({ length: count }, (_, number) => `${run}-${number}`);
        const workflowIds = keys.map((key) => workflowIdOf(process, key));
        async function one(key: string): Promise<void> {
          const workflowId = workflowIdOf(process, key);
          const event = { id: key, source: '/bench', type: LEDGER_OPENED, key, data: {} };
          const opened = await workflows.signalWithStart({ workflow: process, workflowId, key }, event);
          if (opened.kind !== 'answered') throw opened.cause;
          await client.workflow.getHandle(workflowId).result();
        }
        const waiting = [...keys];
        const lane = async () => {
          for (let key = waiting.shift(); key !== undefined; key = waiting.shift()) await one(key);
        };
        const act = async () => {
          await Promise.all(Array.from({ length: atOnce }, lane));
        };
        return sagaRound(testbed, client, { workflowIds, act });
      },
      close: () => client.connection.close(),
    });
  },
};
