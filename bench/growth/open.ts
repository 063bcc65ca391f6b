import { setTimeout as sleep } from 'node:timers/promises';
import { createSingleAttemptClient, createWorkflows } from '../../src/adapters/temporal';
import { workflowIdOf } from '../../src/contracts';
import { paymentAuthorized } from '../../domains/shop/events';
import { order } from '../../domains/shop/workflows';
import { temporalSettings } from '../../src/runtime/settings';
import { figure } from '../figures';
import type { Part } from '../part';
import { residentMiB } from '../proc';
import { inTestbed } from '../testbed';

/** The number of calls in flight. */
const OPENING = 32;
/** The time for the last workflow tasks, and for garbage collection. */
const QUIET_MS = 3_000;
const PROCESSES = ['worker:orders', 'temporal'] as const;

/** The memory of a waiting workflow: orders whose payment notification came early, and that wait for the order itself. */
export const open: Part = {
  name: 'open',
  about: 'memory of worker and server, by the number of open workflows',
  run: ({ quick, say }) =>
    inTestbed({ processes: ['worker:orders'] }, async (testbed) => {
      const steps = quick ? [0, 100, 200] : [0, 500, 1_000, 2_000];
      const client = createSingleAttemptClient(temporalSettings(testbed.config, {}));
      const workflows = createWorkflows(client);
      const openOne = async (number: number) => {
        const key = `open-${number}`;
        const data = { ...paymentAuthorized.example, orderId: key, asynchronous: true };
        const target = { workflow: order, workflowId: workflowIdOf(order, key), key };
        const event = { id: key, source: '/bench', type: paymentAuthorized.type, key, data };
        const answer = await workflows.signalWithStart(target, event);
        if (answer.kind !== 'answered') throw answer.cause;
      };
      const seen: Record<(typeof PROCESSES)[number], number>[] = [];
      let opened = 0;
      for (const wanted of steps) {
        const opening = Array.from({ length: OPENING }, async () => {
          while (opened < wanted) await openOne(opened++);
        });
        await Promise.all(opening);
        await sleep(QUIET_MS);
        seen.push({
          'worker:orders': residentMiB(testbed.pid('worker:orders')),
          temporal: residentMiB(testbed.pid('temporal')),
        });
        say(`${wanted} open: ${JSON.stringify(seen.at(-1))} MiB`);
      }
      await client.connection.close();
      return PROCESSES.flatMap((name) =>
        steps.map((wanted, at) =>
          figure(`growth: memory of ${name}, ${wanted} open workflows`, 'MiB', [seen[at]?.[name] ?? NaN]),
        ),
      );
    }),
};
