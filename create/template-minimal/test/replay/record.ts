/** `npm run replay:record`: runs the scenarios that have no history yet, and writes each to histories/<scenario>.json. */
import path from 'node:path';
import { driveProcess, recordHistories, startSkippingServer } from 'sagaline/testing';
import setup from '../setup';
import { withWorkers } from '../support/workers';
import { createFixture } from '../support/fixture';
import { scenarios } from './scenarios';

async function record(): Promise<void> {
  await setup();
  const env = await startSkippingServer();
  try {
    const played = Object.entries(scenarios).map(([name, { process, routes, play }]) => {
      const scenario = () =>
        withWorkers(env, createFixture(), async () => {
          const driver = driveProcess(env.client, { process, routes, key: `${name}-1` });
          await play(driver);
          await driver.result();
          return driver.handle;
        });
      return [name, scenario] as const;
    });
    const recorded = await recordHistories(path.join(__dirname, 'histories'), Object.fromEntries(played));
    process.stdout.write(`recorded: ${recorded.join(', ') || 'nothing, all histories are there'}\n`);
  } finally {
    await env.teardown();
  }
}

void record();
