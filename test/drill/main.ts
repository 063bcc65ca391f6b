/** `npm run drill`: the incidents of docs/runbooks.md, made on purpose. Exit code 0 only where each is told, alerted, named by the console, and mended. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Command } from 'commander';
import { runCommand, say } from '../../demo/command-line';
import { errorMessage } from '../../src/contracts';
import type { Measured } from './incident';
import { drill } from './incident';
import { incidents } from './incidents';
import { held, report } from './report';
import { openStage, untilSeen } from './stage';
import { chosenFrom } from './choice';

const command = new Command('drill')
  .description(
    'Makes each incident of the runbooks on a stack of its own, and measures how soon it is told and mended.',
  )
  .option('--only <name...>', `of ${incidents.map(({ name }) => `"${name}"`).join(', ')}`)
  .action(async ({ only }: { readonly only?: readonly string[] }) => {
    const chosen = chosenFrom(incidents, only);
    const folder = await mkdtemp(path.join(tmpdir(), 'sagaline-drill-'));
    const stage = await openStage(folder, (line) => say(`  ${line}`)).catch(async (error: unknown) => {
      await rm(folder, { recursive: true, force: true });
      throw error;
    });
    const found: Measured[] = [];
    try {
      await untilSeen(stage);
      for (const incident of chosen) {
        const measured = await drill(stage, incident).catch((error: unknown): Measured => ({
          name: incident.name,
          error: errorMessage(error),
        }));
        found.push(measured);
        say(`  ${measured.name}: ${JSON.stringify(measured)}`);
      }
    } finally {
      await stage.stop();
      await rm(folder, { recursive: true, force: true });
    }
    say(`\n${report(found)}`);
    if (found.some((each) => !held(each))) process.exitCode = 1;
  });

void runCommand(command);
