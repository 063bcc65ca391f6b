/** Records the scenarios that have no history yet: `node --conditions=sagaline-source --import tsx test/replay/record.ts`. */
import path from 'node:path';
import { driveProcess, recordHistories, startSkippingServer } from 'sagaline/testing';
import { oncall } from '../../domain/capabilities';
import { routes } from '../../domain/routes';
import { deviceSettings } from '../../domain/settings';
import { alert } from '../../domain/workflows';
import { createFakeDevices } from '../fakes';
import setUp from '../setup';
import { withWorkers } from '../workers';
import { scenarios } from './scenarios';

async function record(): Promise<void> {
  await setUp();
  const env = await startSkippingServer();
  try {
    const played = Object.entries(scenarios).map(([name, { play, placed }]) => {
      const device = driveProcess(env.client, {
        process: alert,
        routes: routes(deviceSettings.parse({})),
        key: name,
        placed: placed ? [oncall] : [],
      });
      const wholeScenario = async () => {
        await play(device);
        await device.result();
      };
      const scenario = async () => {
        await withWorkers(env, createFakeDevices(), wholeScenario, { placed });
        return device.handle;
      };
      return [name, scenario] as const;
    });
    const recorded = await recordHistories(path.join(__dirname, 'histories'), Object.fromEntries(played));
    process.stdout.write(`recorded: ${recorded.join(', ') || 'nothing, all histories are there'}\n`);
  } finally {
    await env.teardown();
  }
}

void record();
