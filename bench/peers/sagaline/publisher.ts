// Publishes events to the stream; the bridge opens their sagas.
import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowNotFoundError } from '@temporalio/client';
import { connectNats, createPublisher } from '../../../src/adapters/nats';
import { createTemporalClient } from '../../../src/adapters/temporal';
import { encodeEvent, newEvent, workflowIdOf } from '../../../src/contracts';
import { environment, readConfig } from '../../../src/config';
import { temporalSettings } from '../../../src/runtime/settings';
import { serveRounds } from '../drive';
import { openEffects } from '../effects';
import { fiveSteps, requested } from './domain';

/** An event is published some milliseconds before the bridge has opened its saga. */
const LOOK_MS = 5;

async function main(): Promise<void> {
  const silent = () => undefined;
  const log = { info: silent, warn: silent, error: silent };
  const config = readConfig(environment(), { providers: [] });
  const nats = await connectNats({ url: config.NATS_URL, name: 'bench', log });
  const publish = createPublisher(nats.jetstream());
  const temporal = createTemporalClient(temporalSettings(config, {}));

  serveRounds(
    async (id) => {
      const event = newEvent(requested, { id, data: { sagaId: id } });
      await publish(encodeEvent(event, { source: '/bench/peers' }));
      return () => completed(id);
    },
    openEffects(config.DATABASE_URL, 'bench-publisher'),
  );

  async function completed(id: string): Promise<void> {
    for (;;) {
      try {
        await temporal.workflow.getHandle(workflowIdOf(fiveSteps, id)).result();
        return;
      } catch (error) {
        if (!(error instanceof WorkflowNotFoundError)) throw error;
        await sleep(LOOK_MS);
      }
    }
  }
}

void main();
