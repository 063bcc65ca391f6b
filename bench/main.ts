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
    const [repeats, events, onStub, backlog, watchedMs] = quick
      ? [3, 2_000, 5_000, 20_000, 20_000]
      : [7, 4_000, 12_000, 100_000, 90_000];
    say(`Temporal: ${repeats} rounds of ${events} events for each side, then a backlog of ${backlog}`);
    const figures = await inWorld(async (world) => [
      ...(await againstBareClient(world, {
        repeats,
        events,
        what: 'Temporal',
        targets: { throughput: 0.95, processorTime: 1.25 },
        say,
      })),
      ...(await memoryByBacklog(world, { backlog, watchedMs, say })),
    ]);
    say(`A stub that answers at once: ${repeats} rounds of ${onStub} events for each side`);
    const stub = await inWorld(
      (world) =>
        againstBareClient(world, {
          repeats,
          events: onStub,
          what: 'stub',
          targets: { throughput: 0.8 },
          say,
        }),
      { stubMs: 0 },
    );
    figures.push(...stub);
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
