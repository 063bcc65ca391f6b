// Opens sagas by signalWithStart, exactly as the bridge does, and waits for each with Temporal's client.
import type { Target } from '../../../src/bridge';
import { createSingleAttemptClient, createWorkflows } from '../../../src/adapters/temporal';
import { workflowIdOf } from '../../../src/contracts';
import { appConfig } from '../../../workers/config';
import { temporalSettings } from '../../../workers/settings';
import { serveRounds } from '../drive';
import { fiveSteps, requested } from './domain';

const client = createSingleAttemptClient(temporalSettings(appConfig([])));
const workflows = createWorkflows(client);

serveRounds(async (id) => {
  const target: Target = { workflow: fiveSteps, workflowId: workflowIdOf(fiveSteps, id), key: id };
  const event = { id, source: '/bench/peers', type: requested.type, key: id, data: { sagaId: id } };
  const answer = await workflows.signalWithStart(target, event);
  if (answer.kind !== 'answered') throw new Error(`${id} was not opened`, { cause: answer.cause });
  await client.workflow.getHandle(target.workflowId).result();
});
