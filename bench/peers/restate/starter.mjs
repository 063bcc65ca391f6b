// Starts sagas at Restate's ingress with its own client. Arguments: the ingress's address, and the database's.
import './with-resolvers.mjs';
import * as clients from '@restatedev/restate-sdk-clients';
import { serveRounds } from '../drive.ts';
import { openEffects } from '../effects.ts';

const [url, databaseUrl] = process.argv.slice(2);
const ingress = clients.connect({ url });

serveRounds(
  async (id) => {
    const saga = ingress.workflowClient({ name: 'FiveSteps' }, id);
    await saga.workflowSubmit();
    return () => saga.workflowAttach();
  },
  openEffects(databaseUrl, 'restate-starter'),
);
