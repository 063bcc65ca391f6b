// What people would write without a bridge's duties: the same calls to Temporal, from a list in memory. A process of its own.
import { createInterface } from 'node:readline';
import { Client, Connection } from '@temporalio/client';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { decodeEvent, createCatalogue, SEARCH_ATTRIBUTES, workflowIdOf } from '../src/contracts';
import { domains } from '../src/domains';
import { order } from '../src/domains/shop/workflows';
import { shopEvents } from './events';

const [address = '', concurrency = '1'] = process.argv.slice(2);
const correlationId = defineSearchAttributeKey(SEARCH_ATTRIBUTES.correlationId, SearchAttributeType.KEYWORD);
const sagaState = defineSearchAttributeKey(SEARCH_ATTRIBUTES.sagaState, SearchAttributeType.KEYWORD);
const catalogue = createCatalogue(domains);

/** Each line `<run> <count>` is a round: prepared, then told with `ready`, begun with the next line, told with `done`. */
async function main(): Promise<void> {
  const connection = await Connection.connect({ address });
  const client = new Client({ connection });
  const lines: AsyncIterator<string> = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  for (let line = await lines.next(); line.done !== true; line = await lines.next()) {
    const [run = '', count = '0'] = line.value.split(' ');
    const events = shopEvents(run, Number(count)).map(({ body }) => {
      const decoding = decodeEvent(
        { headers: { 'content-type': 'application/cloudevents+json' }, body },
        catalogue,
      );
      if (!decoding.ok) throw new Error(decoding.rejection.detail);
      return decoding.event;
    });
    process.stdout.write('ready\n');
    await lines.next();
    let next = 0;
    await Promise.all(
      Array.from({ length: Number(concurrency) }, async () => {
        for (let event = events[next++]; event; event = events[next++]) {
          await client.workflow.signalWithStart(order.name, {
            workflowId: workflowIdOf(order, event.key),
            taskQueue: order.taskQueue,
            args: [{ key: event.key }],
            signal: event.type,
            signalArgs: [event],
            workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
            workflowIdConflictPolicy: 'USE_EXISTING',
            staticSummary: order.summary(event.key),
            typedSearchAttributes: [
              { key: correlationId, value: event.key },
              { key: sagaState, value: order.initialState },
            ],
          });
        }
      }),
    );
    process.stdout.write('done\n');
  }
  await connection.close();
}

void main();
