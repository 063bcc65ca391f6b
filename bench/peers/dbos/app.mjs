// The five steps with DBOS. DBOS is a library, so the process that starts them also runs them. Argument: the database's address.
import { DBOS } from '@dbos-inc/dbos-sdk';
import { serveRounds } from '../drive.ts';
import { openEffects } from '../effects.ts';
import { STEPS } from '../steps.ts';

const [databaseUrl] = process.argv.slice(2);
const effects = openEffects(databaseUrl, 'dbos');

const fiveSteps = DBOS.registerWorkflow(
  async (id) => {
    const compensations = [];
    try {
      for (const step of STEPS) {
        compensations.unshift(() =>
          DBOS.runStep(() => effects.compensate(id, step), { name: `compensate ${step}` }),
        );
        await DBOS.runStep(() => effects.apply(id, step), { name: step });
      }
    } catch {
      for (const compensate of compensations) await compensate();
      return 'compensated';
    }
    return 'completed';
  },
  { name: 'fiveSteps' },
);

DBOS.setConfig({
  name: 'peers',
  systemDatabaseUrl: databaseUrl,
  systemDatabasePoolSize: 20,
  logLevel: 'warn',
});
await DBOS.launch();

serveRounds(async (id) => {
  const handle = await DBOS.startWorkflow(fiveSteps, { workflowID: id })(id);
  return () => handle.getResult();
}, effects);
