// A bridge as you would write it in an afternoon: fetch one event, start its workflow, signal it, acknowledge. A process of
// its own: `<address of NATS> <address of Temporal> <events at once>`. It has no partitions, so no order, and no dead
// letters. It has its own consumer on the same stream, and its own workflows.
import { Client, Connection, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { AckPolicy, DeliverPolicy } from 'nats';
import { connectNats, EVENTS_STREAM } from '../../src/adapters/nats';
import { order } from '../../domains/shop/workflows';
import { silent } from '../silent';
import { decoded, openingOf } from './call';
import { NAIVE_CONSUMER } from './names';
import { serveRounds } from './side';

const [natsUrl = '', address = '', concurrency = '1'] = process.argv.slice(2);
const FETCH_MS = 1_000;

async function main(): Promise<void> {
  const connection = await Connection.connect({ address });
  const client = new Client({ connection });
  const nats = await connectNats({ url: natsUrl, name: 'naive', log: silent });
  const manager = await nats.jetstreamManager();
  await manager.consumers.add(EVENTS_STREAM, {
    durable_name: NAIVE_CONSUMER,
    ack_policy: AckPolicy.Explicit,
    deliver_policy: DeliverPolicy.All,
  });
  const consumer = await nats.jetstream().consumers.get(EVENTS_STREAM, NAIVE_CONSUMER);

  await serveRounds(({ count }) => async () => {
    let left = count;
    const handling = Array.from({ length: Number(concurrency) }, async () => {
      while (left > 0) {
        const message = await consumer.next({ expires: FETCH_MS });
        if (!message) continue;
        const event = decoded(message.data);
        const workflowId = `naive-${event.key}`;
        await client.workflow.start(order.name, openingOf(event, workflowId)).catch((error: unknown) => {
          if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
        });
        await client.workflow.getHandle(workflowId).signal(event.type, event);
        message.ack();
        left--;
      }
    });
    // It does not wait for the last fetches, which get nothing.
    await Promise.race([Promise.all(handling), untilDone(() => left <= 0)]);
    return [];
  });
  await nats.close();
  await connection.close();
}

async function untilDone(done: () => boolean): Promise<void> {
  while (!done()) await new Promise((resolve) => setTimeout(resolve, 1));
}

void main();
