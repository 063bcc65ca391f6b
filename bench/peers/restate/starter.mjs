// Starts sagas at Restate's ingress with its own client, and waits for each: `<ingress address>`.
import './with-resolvers.mjs';
import * as clients from '@restatedev/restate-sdk-clients';
import { serveRounds } from '../drive.ts';

const [url] = process.argv.slice(2);
const ingress = clients.connect({ url });

serveRounds(async (id) => {
  const saga = ingress.workflowClient({ name: 'FiveSteps' }, id);
  await saga.workflowSubmit();
  await saga.workflowAttach();
});
