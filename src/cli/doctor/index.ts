/** `sagaline doctor`: what is wrong with a deployment, and what to do. */
import type { Command } from 'commander';
import { appConfig } from '../../runtime/config';
import type * as doctor from '../../doctor';
import { providersGiven } from './providers';
import { asText } from './view';
import { EXIT } from '../exit';
import type { Output } from '../options';
import { withOutput } from '../options';
import type { CliContext } from '../context';

interface Options extends Output {
  readonly fix?: true;
}

export function addDoctor(program: Command, cliContext: CliContext): void {
  const { terminal, environment } = cliContext;
  withOutput(
    program
      .command('doctor')
      .description(
        'examines servers, streams, pools, versions, clocks and keys, and says what to do; 1 if something is wrong',
      )
      .option(
        '--fix',
        'first repairs what is safe: missing streams, consumers, search attributes; outside of production, migrations',
      ),
  ).action(async ({ output, fix }: Options) => {
    const app = cliContext.project();
    const { findings, repairs } = await theDoctor().examine({
      app,
      environment,
      read: (given) => appConfig(app, providersGiven(app, given), given, { database: 'none' }),
      catalogue: () => cliContext.catalogue,
      pools: () => cliContext.pools(),
      fix: fix === true,
      now: Date.now,
    });
    const count = (level: string) => findings.filter((finding) => finding.level === level).length;
    const counts = { problems: count('problem'), warnings: count('warning') };
    if (counts.problems > 0) cliContext.exitWith(EXIT.failed);
    terminal.out(
      output === 'json'
        ? JSON.stringify({ findings, repairs, ...counts })
        : asText(findings, repairs, counts),
    );
  });
}

/** Loaded when it is needed: it loads the local stack, too. */
function theDoctor(): typeof doctor {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- an `import()` would not be tsx's, whose hook is for CommonJS
  return require('../../doctor') as typeof doctor;
}
