// Opens sagas by signalWithStart, exactly as the bridge does.
import type { Target } from '../../../src/bridge';
import { createSingleAttemptClient, createWorkflows } from '../../../src/adapters/temporal';
import { workflowIdOf } from '../../../src/contracts';
import { environment, readConfig } from '../../../src/config';
import { temporalSettings } from '../../../src/runtime/settings';
import { serveRounds } from '../drive';
import { openEffects } from '../effects';
import { fiveSteps, requested } from './domain';

const config = readConfig(environment(), { providers: [] });
const client = createSingleAttemptClient(temporalSettings(config, {}));
const workflows = createWorkflows(client);

async function start(id: string) {
  const target: Target = { workflow: fiveSteps, workflowId: workflowIdOf(fiveSteps, id), key: id };
  const event = { id, source: '/bench/peers', type: requested.type, key: id, data: { sagaId: id } };
  const answer = await workflows.signalWithStart(target, event);
  if (answer.kind !== 'answered') throw new Error(`${id} was not opened`, { cause: answer.cause });
  return () => client.workflow.getHandle(target.workflowId).result();
}

serveRounds(start, openEffects(config.DATABASE_URL, 'sagaline-starter'));
