/** `sagaline capacity`: how much load a deployment bears, and what reaches its limit first. */
import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { capacityOf } from '../../capacity';
import type { CliContext } from '../context';
import type { Output } from '../options';
import { wholeNumber, withOutput } from '../options';
import { measure } from './measure';
import { asText } from './view';

interface Options extends Output {
  readonly rate?: number;
  readonly p99?: number;
  readonly bus?: number;
  readonly runs: number;
}

const LONGEST_MS = 3_600_000;
const MOST_RUNS = 2_000;
/** A mean of this many is within a few per cent, and is read in a second or two. */
const RUNS = 100;

export function addCapacity(program: Command, cliContext: CliContext): void {
  const { terminal } = cliContext;
  withOutput(
    program
      .command('capacity')
      .description('predicts the load that the pools bear, from measured times and rates: docs/capacity.md')
      .option(
        '--rate <events/s>',
        'for this rate of events that begin processes, instead of the present one',
        rate,
      )
      .option('--p99 <ms>', 'the time that 99 of 100 steps may wait for a worker', wholeNumber(1, LONGEST_MS))
      .option('--bus <events/s>', 'the most events that the bridges deliver: npm run bench measures it', rate)
      .option(
        '--runs <count>',
        'closed workflows of each kind that are read',
        wholeNumber(1, MOST_RUNS),
        RUNS,
      ),
  ).action(async ({ output, rate, p99, bus, runs }: Options) => {
    const measured = await measure(cliContext, { runs, bus });
    const report = capacityOf(measured, { rate, p99: p99 === undefined ? undefined : p99 / 1_000 });
    terminal.out(output === 'json' ? JSON.stringify({ ...report, measured }) : asText(report, measured));
  });
}

function rate(text: string): number {
  const number = Number(text);
  if (/^\d{1,9}(\.\d{1,6})?$/.test(text) && number > 0) return number;
  throw new InvalidArgumentError('It must be a number above 0, such as 20 or 0.5.');
}
