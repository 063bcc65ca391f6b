// The five steps as a Restate service, and the process that runs it. Arguments: `<port>`, the database's address.
import './with-resolvers.mjs';
import { once } from 'node:events';
import { createServer } from 'node:http2';
import * as restate from '@restatedev/restate-sdk';
import { serveUntilAlone } from '../drive.ts';
import { openEffects } from '../effects.ts';
import { STEPS } from '../steps.ts';

const [port, databaseUrl] = process.argv.slice(2);
const effects = openEffects(databaseUrl, 'restate');

/** A workflow runs once for each key, like a workflow id of Temporal. */
const fiveSteps = restate.workflow({
  name: 'FiveSteps',
  handlers: {
    run: async (ctx) => {
      const compensations = [];
      try {
        for (const step of STEPS) {
          compensations.unshift(() => ctx.run(`compensate ${step}`, () => effects.compensate(ctx.key, step)));
          await ctx.run(step, () => effects.apply(ctx.key, step));
        }
      } catch (error) {
        if (!(error instanceof restate.TerminalError)) throw error;
        for (const compensate of compensations) await compensate();
        return 'compensated';
      }
      return 'completed';
    },
  },
});

// Restate's own `serve` is not used: it listens on all addresses of this machine.
const server = createServer(restate.createEndpointHandler({ services: [fiveSteps] }));
server.listen(Number(port), '127.0.0.1');
await once(server, 'listening');
serveUntilAlone();
