import { writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import { againstBareClient } from './against-client';
import type { Figure } from './figures';
import { machine } from './figures';
import { memoryByBacklog } from './memory';
import { inWorld } from './world';

const say = (line: string) => void process.stdout.write(`${line}\n`);

/** `npm run bench`: what Sagaline costs, held against what people would use instead, on this machine. */
const command = new Command('bench')
  .description(
    'Measures the bridge against a bare Temporal client: throughput, and processor time per event.',
  )
  .option('--quick', 'fewer and shorter rounds: about two minutes')
  .option('--json <file>', 'write the figures for a program, too')
  .action(async ({ quick, json }: { quick?: true; json?: string }) => {
    const [repeats, events, backlog, watchedMs] = quick
      ? [3, 2_000, 20_000, 20_000]
      : [7, 5_000, 100_000, 90_000];
    say(
      `${repeats} rounds of ${events} events for each side, after one to warm up; then a backlog of ${backlog}`,
    );
    const figures = await inWorld(async (world) => [
      ...(await againstBareClient(world, { repeats, events, say })),
      ...(await memoryByBacklog(world, { backlog, watchedMs, say })),
    ]);
    say('');
    for (const each of figures) say(`  ${inWords(each)}`);
    if (json !== undefined) {
      await writeFile(json, `${JSON.stringify({ machine: machine(), figures }, null, 2)}\n`);
    }
    if (figures.some(({ met }) => met === false)) process.exitCode = 1;
  });

function inWords({ name, value, unit, spread: [least, most], target, met }: Figure): string {
  const digits = value >= 100 ? 0 : 2;
  const range = `${least.toFixed(digits)} to ${most.toFixed(digits)}`;
  const verdict = target === undefined ? '' : `   ${target}: ${met === true ? 'met' : 'NOT MET'}`;
  return `${name.padEnd(50)} ${value.toFixed(digits).padStart(6)} ${unit.padEnd(3)}  (${range})${verdict}`;
}

void command.parseAsync();
