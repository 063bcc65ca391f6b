/** `npm run replay:record`: runs the courses that have no history yet, and writes each to histories/<course>.json. */
import path from 'node:path';
import { driveProcess, recordHistories, startSkippingServer } from 'sagaline/testing';
import setup from '../setup';
import { withWorkers } from '../support/workers';
import { createWorld } from '../support/world';
import { courses } from './courses';

async function record(): Promise<void> {
  await setup();
  const env = await startSkippingServer();
  try {
    const played = Object.entries(courses).map(([name, { process, routes, play }]) => {
      const course = () =>
        withWorkers(env, createWorld(), async () => {
          const driver = driveProcess(env.client, { process, routes, key: `${name}-1` });
          await play(driver);
          await driver.result();
          return driver.handle;
        });
      return [name, course] as const;
    });
    const recorded = await recordHistories(path.join(__dirname, 'histories'), Object.fromEntries(played));
    process.stdout.write(`recorded: ${recorded.join(', ') || 'nothing, all histories are there'}\n`);
  } finally {
    await env.teardown();
  }
}

void record();
