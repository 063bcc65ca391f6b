/** `npm run drill`: the incidents of docs/runbooks.md, made on purpose. Exit code 0 only where each is told, alerted and mended. */
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { Command } from 'commander';
import { runCommand, say } from '../../demo/command-line';
import { table } from '../../src/cli/table';
import { errorMessage } from '../../src/contracts';
import type { Measured } from './incident';
import { drill } from './incident';
import { incidents } from './incidents';
import { openStage, untilSeen } from './stage';
import { chosenFrom, hasFailed } from './verdict';

const TOLD_GOAL_S = 30;
const MENDED_GOAL_S = 60;

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
    if (hasFailed(found)) process.exitCode = 1;
  });

function report(found: readonly Measured[]): string {
  const rows = found.map(({ name, told, alert, mend, mended, error }) => [
    name,
    seconds(told),
    told?.words ?? error ?? 'not told',
    seconds(alert),
    alert ? `${alert.name}, for ${alert.for}` : 'no alert',
    mend?.command ?? '',
    seconds(mended),
  ]);
  const late = found.filter(
    ({ told, alert, mended }) =>
      !(told && told.seconds <= TOLD_GOAL_S) ||
      !(alert && alert.seconds <= TOLD_GOAL_S) ||
      !(mended && mended.seconds <= MENDED_GOAL_S),
  );
  return [
    table(['incident', 'told, s', 'by', 'alert, s', 'alert', 'mended by', 'mended, s'], rows),
    '',
    `${found.length - late.length} of ${found.length} told within ${TOLD_GOAL_S} s and mended within ${MENDED_GOAL_S} s, on ${cpus().length} cores`,
    ...late.map(({ name }) => `missed: ${name}`),
  ].join('\n');
}

function seconds(found: { readonly seconds: number } | undefined): string {
  return found ? found.seconds.toFixed(1) : '–';
}

void runCommand(command);
